import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Writes the events with Log4j 2: arguments are files and their patterns in turn. */
public class Log4jWriter {
    public static void main(String[] args) throws Exception {
        LoggerContext context = new LoggerContext("test");
        context.start();
        Logger logger = context.getLogger("org.example.shop.Checkout");
        logger.setAdditive(false);
        logger.setLevel(Level.ALL);
        ThreadContext.put("user", "anna");
        for (int i = 0; i < args.length; i += 2) {
            FileAppender appender = FileAppender.newBuilder().setName(args[i]).withFileName(args[i])
                .setLayout(PatternLayout.newBuilder().withPattern(args[i + 1]).withCharset(java.nio.charset.StandardCharsets.UTF_8).build()).build();
            appender.start();
            logger.addAppender(appender);
            for (Events.Event e : Events.all()) {
                logger.log(Level.valueOf(e.level()), e.message(), e.thrown());
            }
            logger.removeAppender(appender);
            appender.stop();
        }
        context.stop();
    }
}
