package caretaker.collector.discovery;

import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says which targets of a host's inventory Prometheus may be sent to, and under which labels.
 *
 * <p>A container's labels are written by whoever starts the container. They may choose a port, a path and what
 * describes a run, and nothing else: not the address, which is the host's or the container's own, and not who the
 * series are from. {@code instance}, {@code host} and {@code container} are always put in here.
 */
final class TargetGuard {
    /** The labels that describe a run. */
    private static final Set<String> DESCRIBING = Set.of("model", "dataset", "run");

    private static final Set<String> EXPORTERS = Set.of(Target.NODE_EXPORTER, Target.CADVISOR, Target.DCGM_EXPORTER);

    /** Jobs of the stack itself, beside those that begin with {@code caretaker}. */
    private static final Set<String> RESERVED_JOBS = Set.of("prometheus", "alertmanager", "grafana");

    private final int maxTargets;

    /** @param maxTargets of one host; the first ones are kept */
    TargetGuard(int maxTargets) {
        this.maxTargets = maxTargets;
    }

    /** What may be scraped of a host, and how much of what it says may not. */
    record Checked(List<SdTarget> targets, Map<Refusal, Integer> refused) {}

    Checked check(HostInventory inventory) {
        Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
        Map<String, HostInventory.Container> containers = new HashMap<>();
        inventory.containers().forEach(container -> containers.put(container.id(), container));
        List<SdTarget> targets = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Target target : inventory.targets()) {
            HostInventory.Container container = containers.get(target.containerId());
            Refusal refusal = refusal(inventory, target, container);
            if (refusal == null && targets.size() >= maxTargets) {
                refusal = Refusal.TOO_MANY;
            }
            if (refusal == null) {
                var made = new SdTarget(
                        target.kind(), authority(target), labels(inventory.host(), target, container, refused));
                if (taken.add(made.place()) && taken.add(made.series())) {
                    targets.add(made);
                    continue;
                }
                refusal = Refusal.DUPLICATE;
            }
            refused.merge(refusal, 1, Integer::sum);
        }
        return new Checked(targets, refused);
    }

    private static @Nullable Refusal refusal(
            HostInventory inventory, Target target, HostInventory.@Nullable Container container) {
        if (!target.containerId().isEmpty() && container == null) {
            return Refusal.CONTAINER;
        }
        boolean hosts = !inventory.address().isEmpty() && target.address().equals(inventory.address());
        if (!hosts && (container == null || !container.addresses().contains(target.address()))) {
            return Refusal.ADDRESS;
        }
        return mayBe(target.job(), target.kind()) ? null : Refusal.JOB;
    }

    /** An exporter's job is its own name; nobody else may take it, nor that of a part of the stack. */
    private static boolean mayBe(String job, String kind) {
        String name = job.toLowerCase(Locale.ROOT);
        if (EXPORTERS.contains(kind)) {
            return job.equals(kind);
        }
        return !name.startsWith("caretaker") && !EXPORTERS.contains(name) && !RESERVED_JOBS.contains(name);
    }

    private static SortedMap<String, String> labels(
            String host, Target target, HostInventory.@Nullable Container container, Map<Refusal, Integer> refused) {
        SortedMap<String, String> labels = new TreeMap<>();
        target.labels().forEach((name, value) -> {
            if (DESCRIBING.contains(name) && HostInventory.isLabelValue(value)) {
                labels.put(name, value);
            } else {
                refused.merge(Refusal.LABEL, 1, Integer::sum);
            }
        });
        labels.put("__metrics_path__", target.path());
        labels.put("__scheme__", target.scheme().name().toLowerCase(Locale.ROOT));
        labels.put("job", target.job());
        labels.put("host", host);
        labels.put("instance", host);
        if (container != null && !EXPORTERS.contains(target.kind())) {
            labels.put("container", container.name().isEmpty() ? container.id() : container.name());
        }
        return labels;
    }

    private static String authority(Target target) {
        String address = target.address();
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + target.port();
    }
}
