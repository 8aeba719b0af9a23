package caretaker.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A service that {@code run} can start, in the order of starting. */
enum Service {
    GPU_AGENT("gpu-agent"),
    COLLECTOR("collector"),
    ALERT_ROUTER("alert-router"),
    RECOVERY_SERVICE("recovery-service");

    private final String word;

    Service(String word) {
        this.word = word;
    }

    /** As on the command line and in the config. */
    String word() {
        return word;
    }

    /** Reads {@link #word}. */
    static final class Converter implements ITypeConverter<Service> {
        @Override
        public Service convert(String text) {
            for (Service service : values()) {
                if (service.word.equals(text)) {
                    return service;
                }
            }
            throw new TypeConversionException("'" + text + "' is not a service; there are "
                    + Arrays.stream(values()).map(Service::word).collect(Collectors.joining(", ")));
        }
    }
}
