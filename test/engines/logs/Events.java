
/** The events that every writer of the test logs. */
final class Events {
    /** What a writer does with a level and an event. */
    record Event(String level, String message, Throwable thrown) {}

    static Event[] all() {
        Throwable cause = new java.io.IOException("disk full");
        Throwable thrown = new IllegalStateException("cannot place the order", cause);
        thrown.addSuppressed(new RuntimeException("and cannot close it"));
        Throwable lines = new IllegalArgumentException("first line\nsecond line: x");
        Throwable bare = new NullPointerException();
        bare.setStackTrace(new StackTraceElement[0]);
        return new Event[] {
            new Event("INFO", "order 17 placed by anna", null),
            new Event("WARN", "slow: 2500 ms [limit - 1000]", null),
            new Event("ERROR", "order 18 failed", thrown),
            new Event("INFO", "values:\n\ta = 1\n\tb = 2", null),
            new Event("ERROR", "bad argument", lines),
            new Event("ERROR", "no trace", bare),
            new Event("DEBUG", "done – ütf", null),
        };
    }
}
