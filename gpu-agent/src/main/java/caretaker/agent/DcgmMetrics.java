package caretaker.agent;

import caretaker.agent.dcgm.DcgmEndpoint;
import caretaker.agent.sampling.RejectedValues.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** How the reading of dcgm-exporters goes, in the agent's own metrics. */
final class DcgmMetrics implements DcgmEndpoint.Listener {
    private final MeterRegistry registry;
    private final AgentMetrics metrics;
    private final Tags instance;

    DcgmMetrics(MeterRegistry registry, AgentMetrics metrics, String instance) {
        this.registry = registry;
        this.metrics = metrics;
        this.instance = Tags.of("instance", instance);
    }

    @Override
    public void rejected(String family) {
        metrics.rejected(family, Reason.OUT_OF_RANGE);
    }

    @Override
    public void read(String endpoint, boolean good) {
        Counter.builder("nvidia.gpu.agent.dcgm.reads")
                .description("Answers of dcgm-exporters that were read, and those that could not be")
                .tags(instance.and("endpoint", endpoint, "outcome", good ? "ok" : "failed"))
                .register(registry)
                .increment();
    }
}
