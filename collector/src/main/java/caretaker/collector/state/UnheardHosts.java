package caretaker.collector.state;

import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInventory;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * The hosts of the inventory, for those of them whose readings have not come: they fell silent before this collector
 * began to read. Such a host has its GPUs, all of them down, and nothing that they measured.
 *
 * <p>One thread changes it, any thread may read.
 */
final class UnheardHosts {
    private record Remembered(Host.Newest newest, long shownFromMillis) {}

    /** A host that is to be shown. */
    record Shown(String name, Host.Newest newest) {}

    private final FleetLimits limits;
    private final ReadingsCodec codec = new ReadingsCodec();
    private final ConcurrentSkipListMap<String, Remembered> byName = new ConcurrentSkipListMap<>();
    private volatile Predicate<String> responsible = _ -> false;

    UnheardHosts(FleetLimits limits) {
        this.limits = limits;
    }

    void responsibleFor(Predicate<String> responsible) {
        this.responsible = responsible;
    }

    /** A host that has just appeared gets a moment for its first reading to come. */
    void remember(HostInventory inventory, long receivedMillis) {
        Remembered former = byName.get(inventory.host());
        if (inventory.gpus().isEmpty() || (former == null && byName.size() >= limits.hosts())) {
            byName.remove(inventory.host());
            return;
        }
        long shownFrom = former == null ? receivedMillis + limits.staleAtLeast().toMillis() : former.shownFromMillis;
        byName.put(inventory.host(), new Remembered(newest(inventory, receivedMillis), shownFrom));
    }

    private Host.Newest newest(HostInventory inventory, long receivedMillis) {
        var readings = new Readings()
                .host(inventory.host())
                .agentId(inventory.agentId())
                .timeUnixMillis(inventory.time().toEpochMilli())
                .intervalMillis(1)
                .sequence(inventory.sequence())
                .gpuCounts(inventory.gpusExpected(), Readings.UNKNOWN, Readings.UNKNOWN);
        Map<String, GpuIdentity> identities = new HashMap<>();
        var gpus = readings.gpuCount(inventory.gpus().size());
        for (int i = 0; i < gpus.size(); i++) {
            HostInventory.Gpu gpu = inventory.gpus().get(i);
            gpus.get(i).uuid(gpu.uuid()).index(gpu.index()).state(GpuState.LOST);
            identities.put(
                    gpu.uuid(), new GpuIdentity(gpu.name(), gpu.pciBusId(), gpu.serial(), "", "", "", "", "", "", ""));
        }
        return new Host.Newest(
                codec.encode(readings), -1, receivedMillis, 0, inventory.software(), Map.copyOf(identities));
    }

    void unremember(String host) {
        byName.remove(host);
    }

    void forgetOld(long nowMillis) {
        byName.values().removeIf(host -> host.newest.forgottenAt(nowMillis, limits));
    }

    /** Those to be shown, in the order of their names. */
    List<Shown> shown(long nowMillis, Predicate<String> heard) {
        List<Shown> shown = new ArrayList<>();
        Predicate<String> mine = responsible;
        byName.forEach((name, host) -> {
            if (nowMillis >= host.shownFromMillis
                    && !host.newest.forgottenAt(nowMillis, limits)
                    && !heard.test(name)
                    && mine.test(name)) {
                shown.add(new Shown(name, host.newest));
            }
        });
        return shown;
    }
}
