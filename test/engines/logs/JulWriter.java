import java.util.Map;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Writes the events with java.util.logging as it is without any settings: the argument is the file. */
public class JulWriter {
    static final Map<String, Level> LEVELS = Map.of("INFO", Level.INFO, "WARN", Level.WARNING, "ERROR", Level.SEVERE, "DEBUG", Level.FINE);

    public static void main(String[] args) throws Exception {
        Logger logger = Logger.getLogger("org.example.shop.Checkout");
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.ALL);
        FileHandler handler = new FileHandler(args[0]);
        handler.setFormatter(new SimpleFormatter());
        handler.setLevel(Level.ALL);
        handler.setEncoding("UTF-8");
        logger.addHandler(handler);
        for (Events.Event e : Events.all()) {
            LogRecord record = new LogRecord(LEVELS.get(e.level()), e.message());
            record.setThrown(e.thrown());
            record.setLoggerName(logger.getName());
            record.setSourceClassName(logger.getName());
            record.setSourceMethodName("place");
            logger.log(record);
        }
        handler.close();
    }
}
