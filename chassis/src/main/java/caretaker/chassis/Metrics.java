package caretaker.chassis;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The registry of a process: it throws when two meters clash, and has what every process shows of itself. Nothing here
 * loads the JVM's management classes, which cost more memory than the rest of the registry.
 */
public final class Metrics {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE_BYTES = 4096;

    private Metrics() {}

    /** A new registry; the caller closes it. */
    public static PrometheusMeterRegistry registry(String service, String version) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
        Gauge.builder("caretaker.build.info", () -> 1)
                .description("What runs here; always 1")
                .tag("service", service)
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
        process(registry);
        heap(registry);
        return registry;
    }

    private static void process(MeterRegistry registry) {
        Gauge.builder("process.resident.memory.bytes", Metrics::residentBytes)
                .description("Memory of the process that is in RAM")
                .register(registry);
        FunctionCounter.builder("process.cpu.seconds", ProcessHandle.current(), Metrics::cpuSeconds)
                .description("Time on the CPU, of all threads")
                .register(registry);
        double started = startSeconds();
        Gauge.builder("process.start.time.seconds", () -> started)
                .description("When the process started, in seconds since 1970")
                .register(registry);
    }

    private static void heap(MeterRegistry registry) {
        Runtime runtime = Runtime.getRuntime();
        Gauge.builder("jvm.heap.used.bytes", runtime, r -> r.totalMemory() - r.freeMemory())
                .description("Heap in use, garbage included")
                .register(registry);
        Gauge.builder("jvm.heap.committed.bytes", runtime, Runtime::totalMemory)
                .description("Heap taken from the system")
                .register(registry);
        Gauge.builder("jvm.heap.max.bytes", runtime, Runtime::maxMemory)
                .description("What the heap may grow to")
                .register(registry);
    }

    private static double residentBytes() {
        try {
            String[] pages = Files.readString(STATM).split(" ", 3);
            return Double.parseDouble(pages[1]) * PAGE_BYTES;
        } catch (IOException | RuntimeException e) {
            return Double.NaN; // not Linux
        }
    }

    private static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1000.0;
    }

    private static double startSeconds() {
        return ProcessHandle.current()
                        .info()
                        .startInstant()
                        .orElse(Instant.EPOCH)
                        .toEpochMilli()
                / 1000.0;
    }
}
