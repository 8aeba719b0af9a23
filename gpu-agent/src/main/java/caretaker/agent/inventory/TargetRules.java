package caretaker.agent.inventory;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Port;
import caretaker.agent.inventory.LeftOut.Reason;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From containers to what Prometheus is to scrape.
 *
 * <p>A label says which port, path, scheme and job, and what describes the run. It never says an address: a port that
 * is published is asked at the host's address, one of a container in the host's network too, and only where the
 * settings allow it the container's own address is used, because 172.17.0.2 is another container on every host.
 */
final class TargetRules {
    static final String ENABLE = "caretaker.metrics.enable";
    static final String PORT = "caretaker.metrics.port";
    static final String PATH = "caretaker.metrics.path";
    static final String SCHEME = "caretaker.metrics.scheme";
    static final String JOB = "caretaker.metrics.job";
    static final String DESCRIBING = "caretaker.ml.";

    private static final List<String> DESCRIPTIONS = List.of("dataset", "model", "run");
    private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::");
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");
    private static final int NO_PORT = 0;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");

    /** The last part of an image's name, without tag and digest. */
    private static final Pattern IMAGE = Pattern.compile("(?:.*/)?([^/:@]+)(?::[^/:@]+)?(?:@.*)?");

    private static final Map<String, Usual> EXPORTERS = Map.of(
            "node-exporter", new Usual(Target.NODE_EXPORTER, 9100),
            "node_exporter", new Usual(Target.NODE_EXPORTER, 9100),
            "cadvisor", new Usual(Target.CADVISOR, 8080),
            "dcgm-exporter", new Usual(Target.DCGM_EXPORTER, 9400));

    /** What a program is taken for before its labels are read. */
    private record Usual(String kind, int port) {
        boolean isMl() {
            return kind.equals(Target.ML);
        }
    }

    private final String address;
    private final InventorySettings settings;

    /** @param address where Prometheus reaches the host, empty if it does not */
    TargetRules(String address, InventorySettings settings) {
        this.address = address;
        this.settings = settings;
    }

    /** What there is to scrape, exporters first, and what the labels ask for in vain. */
    record Found(List<Target> targets, List<LeftOut> leftOut) {}

    /** Of two exporters of one kind the one that is configured, else the one that has run longest, comes first. */
    Found of(List<ContainerState> containers) {
        List<Target> targets = new ArrayList<>();
        List<LeftOut> leftOut = new ArrayList<>();
        if (!address.isEmpty()) {
            settings.exporters().forEach(exporter -> targets.add(exporter.target(address)));
        }
        List<ContainerState> present =
                containers.stream().filter(TargetRules::isThere).toList();
        present.stream()
                .sorted(Comparator.comparing(TargetRules::started))
                .forEach(container -> exporter(container, targets, leftOut));
        present.forEach(container -> ml(container, targets, leftOut));
        return new Found(targets, leftOut);
    }

    /** A container that is paused or starts again is still the place to ask; the gap is then seen as {@code up 0}. */
    private static boolean isThere(ContainerState container) {
        return switch (container.phase()) {
            case RUNNING, PAUSED, RESTARTING -> true;
            case CREATED, REMOVING, EXITED, DEAD, UNKNOWN -> false;
        };
    }

    private static Instant started(ContainerState container) {
        return container.startedAt() == null ? Instant.MAX : container.startedAt();
    }

    private static @Nullable Usual exporterOf(ContainerState container) {
        var image = IMAGE.matcher(container.info().image());
        return image.matches() ? EXPORTERS.get(image.group(1).toLowerCase(Locale.ROOT)) : null;
    }

    private void exporter(ContainerState container, List<Target> targets, List<LeftOut> leftOut) {
        Usual usual = exporterOf(container);
        if (usual != null && !"false".equalsIgnoreCase(container.labels().get(ENABLE))) {
            add(container, usual, targets, leftOut);
        }
    }

    private void ml(ContainerState container, List<Target> targets, List<LeftOut> leftOut) {
        String enable = container.labels().getOrDefault(ENABLE, "");
        boolean wanted = enable.equalsIgnoreCase("true") || container.labels().containsKey(PORT);
        if (wanted && !enable.equalsIgnoreCase("false") && exporterOf(container) == null) {
            add(container, new Usual(Target.ML, onlyPort(container)), targets, leftOut);
        }
    }

    /** The port that a container has, if it has just one; otherwise one that nothing can have. */
    private static int onlyPort(ContainerState container) {
        int[] inside = container.ports().stream()
                .filter(port -> port.protocol().equals("tcp"))
                .mapToInt(Port::inside)
                .distinct()
                .toArray();
        return inside.length == 1 ? inside[0] : NO_PORT;
    }

    /** What is asked for: what is usual, as the labels change it. */
    private record Wish(String kind, String job, int port, String path, String scheme) {
        static Wish of(Usual usual, Map<String, String> labels) {
            return new Wish(
                    usual.kind(),
                    usual.isMl() ? labels.getOrDefault(JOB, usual.kind()) : usual.kind(),
                    labels.containsKey(PORT) ? number(labels.getOrDefault(PORT, "")) : usual.port(),
                    labels.getOrDefault(PATH, "/metrics"),
                    labels.getOrDefault(SCHEME, "http"));
        }

        /** Why it cannot be granted, whatever the container's addresses. */
        @Nullable Reason fault() {
            if (!HostInventory.isPort(port)) {
                return Reason.PORT;
            }
            if (!HostInventory.isPath(path)) {
                return Reason.PATH;
            }
            if (!scheme.equals("http") && !scheme.equals("https")) {
                return Reason.SCHEME;
            }
            return HostInventory.isJob(job) ? null : Reason.JOB;
        }
    }

    private void add(ContainerState container, Usual usual, List<Target> targets, List<LeftOut> leftOut) {
        Wish wish = Wish.of(usual, container.labels());
        Reason fault = wish.fault();
        Place place = fault == null ? place(container, wish.port()) : null;
        if (place == null) {
            Reason reason = fault == null ? Reason.UNREACHABLE : fault;
            leftOut.add(new LeftOut(container.info().name(), reason, asWritten(container, wish, reason)));
            return;
        }
        targets.add(new Target(
                wish.kind(),
                wish.job(),
                place.address(),
                place.port(),
                wish.path(),
                wish.scheme().equals("https") ? Target.Scheme.HTTPS : Target.Scheme.HTTP,
                usual.isMl() ? described(container, leftOut) : Map.of(),
                container.info().id(),
                container.info().name()));
    }

    private static String asWritten(ContainerState container, Wish wish, Reason reason) {
        return switch (reason) {
            case PORT -> container.labels().getOrDefault(PORT, "no port");
            case PATH -> wish.path();
            case SCHEME -> wish.scheme();
            case JOB -> wish.job();
            case UNREACHABLE, LABEL -> Integer.toString(wish.port());
        };
    }

    private static int number(String text) {
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : NO_PORT;
    }

    private static Map<String, String> described(ContainerState container, List<LeftOut> leftOut) {
        Map<String, String> described = new HashMap<>();
        for (String name : DESCRIPTIONS) {
            String value = container.labels().get(DESCRIBING + name);
            if (value == null) {
                continue;
            }
            if (HostInventory.isLabelValue(value)) {
                described.put(name, value);
            } else {
                leftOut.add(new LeftOut(container.info().name(), Reason.LABEL, DESCRIBING + name));
            }
        }
        return described;
    }

    private record Place(String address, int port) {}

    private @Nullable Place place(ContainerState container, int inside) {
        if (container.addresses().containsKey(ContainerState.HOST_NETWORK)) {
            return address.isEmpty() ? null : new Place(address, inside);
        }
        for (Port port : container.ports()) {
            if (port.inside() == inside
                    && port.protocol().equals("tcp")
                    && HostInventory.isPort(port.outside())
                    && isReached(port.hostAddress())) {
                return new Place(address, port.outside());
            }
        }
        if (!settings.containerAddresses()) {
            return null;
        }
        return container.addresses().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .filter(HostInventory::isIpAddress)
                .findFirst()
                .map(own -> new Place(own, inside))
                .orElse(null);
    }

    /** Whether what listens there is reached at the host's address. */
    private boolean isReached(String published) {
        if (address.isEmpty()) {
            return false;
        }
        return EVERYWHERE.contains(published)
                || published.equals(address)
                || (LOOPBACK.contains(published) && LOOPBACK.contains(address));
    }
}
