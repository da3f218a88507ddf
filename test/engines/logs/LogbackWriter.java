import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.FileAppender;

/** Writes the events with Logback: arguments are files and their patterns in turn. */
public class LogbackWriter {
    public static void main(String[] args) throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Logger logger = context.getLogger("org.example.shop.Checkout");
        logger.setAdditive(false);
        for (int i = 0; i < args.length; i += 2) {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setCharset(java.nio.charset.StandardCharsets.UTF_8);
            encoder.setPattern(args[i + 1]);
            encoder.start();
            FileAppender<ILoggingEvent> appender = new FileAppender<>();
            appender.setContext(context);
            appender.setFile(args[i]);
            appender.setEncoder(encoder);
            appender.start();
            for (Events.Event e : Events.all()) {
                appender.doAppend(new LoggingEvent(LogbackWriter.class.getName(), logger, Level.toLevel(e.level()), e.message(), e.thrown(), null));
            }
            appender.stop();
        }
    }
}
