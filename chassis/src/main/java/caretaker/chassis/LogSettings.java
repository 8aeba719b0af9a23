package caretaker.chassis;

import caretaker.chassis.config.Default;

/** How a process logs. */
public record LogSettings(
        @Default("info") Level level, @Default("json") Format format) {
    /** The least that is printed. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** One line a message in either. */
    public enum Format {
        JSON,
        LOGFMT
    }
}
