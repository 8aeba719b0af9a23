package caretaker.agent.inventory;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.Containers;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.poll.HostListener;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HostInfo;
import caretaker.contracts.HostInventory;
import caretaker.contracts.Readings;
import caretaker.contracts.WireName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells what this host has: at the start, when something changes, and as a sign of life.
 *
 * <p>What changed is told with the next {@link #tick}, which comes once a second, so changes in a row make one record.
 * One record is under way at a time; while the broker is away the next one waits, and then says how things are by then.
 * Safe for any thread.
 */
public final class InventoryPublisher implements HostListener {
    /** How long the driver gets to name its GPUs before the host is published with those of the former run, or none. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Where a record goes. */
    @FunctionalInterface
    public interface Outlet {
        /**
         * Sends a record; does not wait for it.
         *
         * @param done to be called once: whether the broker has the record
         */
        void publish(HostInventory inventory, Consumer<Boolean> done);
    }

    /** Who publishes. */
    public record Publisher(String host, String agentId) {}

    private final Publisher publisher;
    private final InventorySettings settings;
    private final String address;
    private final TargetRules rules;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Outlet outlet;
    private final long startedNanos;

    // Guarded by this.
    private @Nullable HostInfo software;
    private int gpusExpected = HostInventory.UNKNOWN;
    private List<HostInventory.Gpu> gpus = List.of();
    private List<ContainerState> containers = List.of();
    private boolean gpusKnown;
    private boolean restored; // from a former run, and none named since
    private boolean containersKnown;
    private List<LeftOut> leftOut = List.of();
    private boolean changed = true;
    private boolean underWay;
    private long sequence;
    private long publishedNanos;

    /**
     * Tells nothing before its first {@link #tick}.
     *
     * @param nanos a clock that only goes forward
     */
    public InventoryPublisher(
            Publisher publisher, InventorySettings settings, InstantSource wall, LongSupplier nanos, Outlet outlet) {
        this.publisher = publisher;
        this.settings = settings;
        address = settings.address(publisher.host());
        rules = new TargetRules(address, settings);
        this.wall = wall;
        this.nanos = nanos;
        this.outlet = outlet;
        startedNanos = nanos.getAsLong();
    }

    /** Goes on with the GPUs of a former run until this one's driver has named any. To be called before the rest. */
    public synchronized void restore(List<KnownGpu> former) {
        restored = !former.isEmpty();
        if (restored) {
            gpus = former.stream()
                    .map(gpu -> new HostInventory.Gpu(
                            gpu.index(),
                            gpu.uuid(),
                            gpu.identity().name(),
                            gpu.identity().pciBusId(),
                            gpu.identity().serial(),
                            false))
                    .toList();
            gpusExpected = gpus.size();
        }
    }

    /** On the poll thread, after each poll. */
    @Override
    public synchronized void seen(HostInfo info, Readings readings, List<@Nullable GpuIdentity> identities) {
        if (restored && readings.gpus().isEmpty()) {
            return;
        }
        restored = false;
        boolean same = gpusKnown
                && info.equals(software)
                && readings.gpusExpected() == gpusExpected
                && isSame(readings.gpus(), identities);
        if (same) {
            return;
        }
        List<HostInventory.Gpu> seen = new ArrayList<>();
        for (int i = 0; i < readings.gpus().size(); i++) {
            GpuReading gpu = readings.gpus().get(i);
            GpuIdentity identity = identities.get(i);
            seen.add(new HostInventory.Gpu(
                    gpu.index(),
                    uuid(gpu),
                    identity == null ? "" : identity.name(),
                    identity == null ? "" : identity.pciBusId(),
                    identity == null ? "" : identity.serial(),
                    isMig(gpu)));
        }
        software = info;
        gpusExpected = readings.gpusExpected();
        gpus = seen;
        gpusKnown = true;
        changed = true;
    }

    /** Compares in place, since it is asked with every poll. */
    private boolean isSame(List<GpuReading> readings, List<@Nullable GpuIdentity> identities) {
        if (readings.size() != gpus.size()) {
            return false;
        }
        for (int i = 0; i < gpus.size(); i++) {
            HostInventory.Gpu known = gpus.get(i);
            GpuReading gpu = readings.get(i);
            GpuIdentity identity = identities.get(i);
            boolean same = known.uuid().equals(uuid(gpu))
                    && known.index() == gpu.index()
                    && known.mig() == isMig(gpu)
                    && (identity == null || known.name().equals(identity.name()));
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** A driver that names a GPU by what no reader takes must not silence the host. */
    private static String uuid(GpuReading gpu) {
        return WireName.isValid(gpu.uuid()) ? gpu.uuid() : "unnamed-" + gpu.index();
    }

    private static boolean isMig(GpuReading gpu) {
        return gpu.has(Column.MIG_MODE_CURRENT) && gpu.get(Column.MIG_MODE_CURRENT) == 1;
    }

    /** What the engine told last. While it does not answer, what it told before stays. */
    public synchronized void containers(Containers.Snapshot snapshot) {
        if (snapshot.known() && !(containersKnown && snapshot.containers().equals(containers))) {
            containers = snapshot.containers();
            containersKnown = true;
            changed = true;
        }
    }

    /** Publishes if there is something to tell or a sign of life is due. */
    public void tick() {
        HostInventory due = due();
        if (due != null) {
            try {
                outlet.publish(due, this::arrived);
            } catch (RuntimeException e) {
                arrived(false); // or no other record would ever follow
                throw e;
            }
        }
    }

    private synchronized @Nullable HostInventory due() {
        long now = nanos.getAsLong();
        if (underWay || (!gpusKnown && now - startedNanos < PATIENCE.toNanos())) {
            return null;
        }
        boolean first = sequence == 0;
        if (!first && !changed && now - publishedNanos < settings.interval().toNanos()) {
            return null;
        }
        HostInventory inventory = inventory();
        underWay = true;
        changed = false;
        publishedNanos = now;
        return inventory;
    }

    private HostInventory inventory() {
        TargetRules.Found found = rules.of(containers);
        leftOut = found.leftOut();
        Set<String> targeted = new HashSet<>();
        found.targets().forEach(target -> targeted.add(target.containerId()));
        List<HostInventory.Container> told = containers.stream()
                .sorted(Comparator.comparing((ContainerState each) ->
                                !targeted.contains(each.info().id()))
                        .thenComparing(each -> each.phase() != ContainerState.Phase.RUNNING)
                        .thenComparing(each -> each.info().name()))
                .map(this::told)
                .toList();
        return new HostInventory(
                publisher.host(),
                publisher.agentId(),
                ++sequence,
                wall.instant(),
                settings.interval(),
                address,
                software,
                gpusExpected,
                gpus,
                told,
                found.targets(),
                HostInventory.Omitted.NONE);
    }

    private HostInventory.Container told(ContainerState container) {
        return new HostInventory.Container(
                container.info().id(),
                container.info().name(),
                container.info().image(),
                container.info().composeProject(),
                container.info().composeService(),
                Math.clamp(container.composeNumber(), 0, 1_000_000),
                container.phase() == ContainerState.Phase.UNKNOWN ? "" : word(container.phase()),
                container.health() == ContainerState.Health.NONE ? "" : word(container.health()),
                container.startedAt() == null || container.startedAt().isBefore(Instant.EPOCH)
                        ? null
                        : container.startedAt(),
                container.addresses().values().stream()
                        .filter(HostInventory::isIpAddress)
                        .sorted()
                        .toList(),
                uuids(container.gpus()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Which GPUs a container was given. A count alone does not say which. */
    private List<String> uuids(List<String> given) {
        Set<String> uuids = new LinkedHashSet<>();
        for (HostInventory.Gpu gpu : gpus) {
            if (given.contains("all") || given.contains(gpu.uuid()) || given.contains(Integer.toString(gpu.index()))) {
                uuids.add(gpu.uuid());
            }
        }
        return List.copyOf(uuids);
    }

    /** A record that the broker did not take is told anew. */
    private synchronized void arrived(boolean taken) {
        underWay = false;
        changed |= !taken;
    }

    /** What labels ask for in vain, as of the last record. */
    public synchronized List<LeftOut> leftOut() {
        return leftOut;
    }
}
