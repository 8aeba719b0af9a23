package caretaker.recovery.engine;

import caretaker.contracts.ContainerIdentity;
import caretaker.recovery.containers.Labels;
import caretaker.recovery.incident.Operations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All containers of the engine by their summaries, as they were at one moment. Immutable. */
final class Roster {
    /** Label: the operation that made it. */
    static final String OPERATION = Labels.OPERATION;

    /** Label: ids of those in whose place it is, the newest first. */
    static final String REPLACES = "caretaker.replaces";

    static final String PROJECT = "com.docker.compose.project";
    static final String SERVICE = "com.docker.compose.service";
    static final String NUMBER = "com.docker.compose.container-number";

    /** Compose's mark of a {@code docker compose run}: it has the number of a real one, and is none. */
    static final String ONE_OFF = "com.docker.compose.oneoff";

    private static final int SHORT_ID = 12;

    /** @param created seconds since 1970 */
    record Entry(ContainerIdentity identity, Map<String, String> labels, boolean isRunning, long created) {
        Entry {
            labels = Map.copyOf(labels);
        }

        String id() {
            return identity.id();
        }

        boolean isOldHalf() {
            return Roster.isOldHalf(identity.name());
        }

        boolean replaces(String id) {
            return replaced().contains(id);
        }

        private List<String> replaced() {
            return List.of(labels.getOrDefault(REPLACES, "").split(",", -1));
        }

        /** Its key; of an old half that no label names, what its name begins with. */
        String word() {
            return isOldHalf() && identity.number() == 0 ? Operations.oldHalf(id()) : identity.key();
        }
    }

    /** Whether a container with this name is being created anew, and is the one that was there before. */
    static boolean isOldHalf(String name) {
        return name.startsWith(Operations.REPLACED);
    }

    private final List<Entry> entries;

    Roster(List<Entry> entries) {
        this.entries = entries.stream()
                .sorted(Comparator.comparing(Entry::isRunning)
                        .thenComparingLong(Entry::created)
                        .reversed())
                .toList();
    }

    /** Empty for what no container can be called here. */
    static Optional<ContainerIdentity> identity(String id, String name, String image, Map<String, String> labels) {
        boolean oneOff = "true".equalsIgnoreCase(labels.getOrDefault(ONE_OFF, ""));
        String number = labels.getOrDefault(NUMBER, "");
        try {
            return Optional.of(ContainerIdentity.of(
                    id,
                    name.startsWith("/") ? name.substring(1) : name,
                    image,
                    oneOff ? "" : labels.getOrDefault(PROJECT, ""),
                    labels.getOrDefault(SERVICE, ""),
                    number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** One of each key, and no old halves: of several the one that runs, and of these the newest. */
    List<Entry> present() {
        List<Entry> present = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries) {
            if (!entry.isOldHalf() && keys.add(entry.identity().key())) {
                present.add(entry);
            }
        }
        return present;
    }

    long oldHalves() {
        return entries.stream().filter(Entry::isOldHalf).count();
    }

    /** The container that has this key now. */
    Optional<Entry> of(String key) {
        return entries.stream()
                .filter(entry -> !entry.isOldHalf() && entry.identity().key().equals(key))
                .findFirst();
    }

    Optional<Entry> byId(String id) {
        return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    /** What an operation has made. */
    Optional<Entry> madeBy(String operation) {
        return entries.stream()
                .filter(entry -> operation.equals(entry.labels().get(OPERATION)))
                .findFirst();
    }

    /** Whom {@code container:WORD} means now, also when that one has been created anew since. */
    Optional<Entry> resolve(String word) {
        Optional<Entry> heir = entries.stream()
                .filter(entry -> entry.replaces(word)
                        || (isOldHalf(word)
                                && entry.replaced().stream()
                                        .anyMatch(id -> !id.isEmpty() && word.startsWith(Operations.oldHalf(id)))))
                .findFirst();
        return heir.or(() -> byId(word))
                .or(() -> entries.stream()
                        .filter(entry -> entry.identity().name().equals(word))
                        .findFirst())
                .or(() -> word.matches("[0-9a-f]{" + SHORT_ID + ",64}")
                        ? entries.stream()
                                .filter(entry -> entry.id().startsWith(word))
                                .findFirst()
                        : Optional.empty());
    }
}
