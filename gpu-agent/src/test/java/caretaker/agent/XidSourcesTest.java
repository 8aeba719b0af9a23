package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A host on which nobody tells XIDs says so. */
class XidSourcesTest {
    private final List<String> told = new ArrayList<>();
    private String message = "";
    private final HealthLedger ledger = new HealthLedger("h", "agent", new ManualClock(), this::take);

    private void take(HealthEvent event) {
        told.add(event.condition().wire() + " " + event.state().name().toLowerCase(Locale.ROOT) + " "
                + event.severity().name().toLowerCase(Locale.ROOT));
        message = event.message();
    }

    private XidSources sources(boolean hasDriver, boolean readsLog) {
        return new XidSources(Finding.host("h"), ledger, hasDriver, readsLog);
    }

    @Test
    void aDriverWithoutEventsInformsWhereTheKernelLogIsRead() {
        XidSources sources = sources(true, true);
        sources.kernelLog(null);
        sources.events("NOT_SUPPORTED");
        sources.events("NOT_SUPPORTED");
        sources.kernelLog(null);
        assertThat(message).contains("kernel log alone").contains("NOT_SUPPORTED");
        sources.events(null);
        assertThat(told).containsExactly("gpu.events-unavailable raised info", "gpu.events-unavailable cleared info");
    }

    @Test
    void whereNeitherTellsXidsItIsAWarningThatSaysSo() {
        XidSources sources = sources(true, true);
        sources.events("NO_PERMISSION");
        sources.kernelLog("/dev/kmsg is not there");
        assertThat(told)
                .containsExactly(
                        "gpu.events-unavailable raised info",
                        "kernel-log.unavailable raised info",
                        "gpu.events-unavailable cleared info",
                        "gpu.events-unavailable raised warning");
        assertThat(message).contains("nobody tells XIDs").contains("NO_PERMISSION", "/dev/kmsg");
        told.clear();
        sources.events(null);
        assertThat(told)
                .containsExactly(
                        "gpu.events-unavailable cleared info",
                        "kernel-log.unavailable cleared info",
                        "kernel-log.unavailable raised info");
        assertThat(message).contains("without their process");
    }

    @Test
    void aLogThatIsNotToBeReadIsNoConditionButDoesNotTellXidsEither() {
        XidSources sources = sources(true, false);
        sources.events("NOT_SUPPORTED");
        assertThat(told).containsExactly("gpu.events-unavailable raised warning");
    }

    @Test
    void withoutADriverAKernelLogThatCannotBeReadIsAWarning() {
        XidSources sources = sources(false, true);
        sources.kernelLog("/dev/kmsg is not there");
        assertThat(told).containsExactly("kernel-log.unavailable raised warning");
        assertThat(message).doesNotContain("without their process");
    }

    @Test
    void whatAFormerRunRaisedIsClearedOnlyByItsOwnSource() {
        ledger.raise(
                "driver-events",
                new Finding(Condition.GPU_EVENTS_UNAVAILABLE, Finding.host("h"), "", "none", Map.of()));
        XidSources sources = sources(true, true);
        sources.kernelLog(null);
        assertThat(told).hasSize(1);
        sources.events(null);
        assertThat(told).endsWith("gpu.events-unavailable cleared info");
    }
}
