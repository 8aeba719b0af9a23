package caretaker.agent;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;

/** How reading the kernel's log goes. Safe for any thread. */
final class KernelLogMetrics {
    private final Counter read;
    private final Counter lost;
    private final Counter garbage;
    private final AtomicInteger available = new AtomicInteger();

    KernelLogMetrics(MeterRegistry registry, String instance) {
        Tags tags = Tags.of("instance", instance);
        read = Counter.builder("caretaker.agent.kernel.log.messages")
                .description("Messages of the kernel that were looked at")
                .tags(tags)
                .register(registry);
        lost = Counter.builder("caretaker.agent.kernel.log.lost")
                .description("Messages of the kernel that were overwritten before they were read")
                .tags(tags)
                .register(registry);
        garbage = Counter.builder("caretaker.agent.kernel.log.garbage")
                .description("Lines of the kernel log that were cut or not readable")
                .tags(tags)
                .register(registry);
        Gauge.builder("caretaker.agent.kernel.log.available", available, AtomicInteger::get)
                .description("1 while the kernel log is read")
                .tags(tags)
                .register(registry);
    }

    void read() {
        read.increment();
    }

    void lost(long messages) {
        lost.increment((double) messages);
    }

    void garbage(long lines) {
        garbage.increment((double) lines);
    }

    void available(boolean is) {
        available.set(is ? 1 : 0);
    }
}
