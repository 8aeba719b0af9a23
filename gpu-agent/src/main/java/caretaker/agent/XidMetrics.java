package caretaker.agent;

import caretaker.agent.xid.XidListener;
import caretaker.agent.xid.XidTable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The agent's own counters of XIDs. Every code that the driver still uses is there at 0 from the start, so that the
 * first one is seen as a rise. Safe for any thread.
 */
final class XidMetrics implements XidListener {
    private record Key(String uuid, int code) {}

    private final MeterRegistry registry;
    private final Tags instance;
    private final XidTable table;
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private final Counter folded;
    private final Counter repeated;
    private final Counter forgotten;

    XidMetrics(MeterRegistry registry, String instance, XidTable table) {
        this.registry = registry;
        this.table = table;
        this.instance = Tags.of("instance", instance);
        folded = counter("nvidia.gpu.agent.xids.folded", "XIDs that were no event, for they follow another one");
        repeated = counter("nvidia.gpu.agent.xids.repeated", "XIDs that were told together with others of their kind");
        forgotten = counter("nvidia.gpu.agent.xids.forgotten", "Kinds of repeats told before their time: too many");
    }

    private Counter counter(String name, String help) {
        return Counter.builder(name).description(help).tags(instance).register(registry);
    }

    @Override
    public void known(String uuid, int index) {
        for (XidTable.Entry entry : table.entries()) {
            if (entry.live()) {
                of(uuid, index, entry.code());
            }
        }
    }

    private Counter of(String uuid, int index, int code) {
        return counters.computeIfAbsent(
                new Key(uuid, code),
                _ -> Counter.builder("nvidia.gpu.agent.xids")
                        .description("XIDs since the start of the agent, each once whatever source told it")
                        .tags(instance.and(
                                "gpu",
                                index < 0 ? "" : Integer.toString(index),
                                "uuid",
                                uuid,
                                "xid",
                                Integer.toString(code)))
                        .register(registry));
    }

    @Override
    public void counted(String uuid, int index, int code, long unixMillis) {
        of(uuid, index, code).increment();
    }

    @Override
    public void folded(String uuid, int code) {
        folded.increment();
    }

    @Override
    public void repeated(String uuid, int code) {
        repeated.increment();
    }

    @Override
    public void switchCounted(String device, int code, boolean fatal) {
        Counter.builder("nvidia.gpu.agent.sxids")
                .description("Errors of NVSwitches since the start of the agent")
                .tags(instance.and(
                        "nvswitch", device, "sxid", Integer.toString(code), "severity", fatal ? "fatal" : "non_fatal"))
                .register(registry)
                .increment();
    }

    @Override
    public void forgotten() {
        forgotten.increment();
    }
}
