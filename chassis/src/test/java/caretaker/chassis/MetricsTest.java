package caretaker.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void everyProcessShowsWhatItIsAndWhatItTakes() {
        var registry = Metrics.registry("test", "1.0");
        assertThat(registry.scrape())
                .containsPattern("caretaker_build_info\\{.*service=\"test\",version=\"1.0\"} 1")
                .containsPattern("process_resident_memory_bytes [1-9]")
                .containsPattern("process_cpu_seconds_total [0-9]")
                .containsPattern("process_start_time_seconds [1-9]")
                .containsPattern("jvm_heap_used_bytes [1-9]");
    }

    @Test
    void oneNameForTwoThingsIsRefused() {
        var registry = Metrics.registry("test", "1.0");
        Counter.builder("caretaker.clash").register(registry);
        assertThatThrownBy(() -> Timer.builder("caretaker.clash").register(registry))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
