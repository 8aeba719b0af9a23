package caretaker.recovery.containers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who needs whom among the containers of an engine: by compose, by shared namespaces, by links, by their own labels.
 * Immutable.
 *
 * <p>A circle is broken: what leads back to the container of it that is first by name is left out.
 */
public final class Dependencies {
    /** One container needs another. */
    public record Edge(String from, String to, Kind kind) {}

    /** What becomes of a container when the one it needs is started anew. */
    public enum Kind {
        /** Nothing: it copes. */
        ORDER,
        /** It was linked to the other: it must be created anew if the other was. The engine sees to the rest. */
        LINKS,
        /** It wants to be restarted. */
        RESTART,
        /** It lives in the other's namespaces: it must be restarted, or created anew if the other was. */
        SHARES
    }

    private final Map<String, List<Edge>> needs = new TreeMap<>();
    private final Map<String, List<Edge>> neededBy = new TreeMap<>();
    private final List<String> cycles = new ArrayList<>();

    /** The graph of these containers. What names none of them is no edge. */
    public Dependencies(Collection<Sighting> containers) {
        this(containers, Map.of());
    }

    /** @param alsoCalled what else means which key: old halves of those that are being created anew */
    public Dependencies(Collection<Sighting> containers, Map<String, String> alsoCalled) {
        Map<String, List<String>> byWord = new HashMap<>();
        alsoCalled.forEach((word, key) -> name(byWord, word, key));
        for (Sighting container : containers) {
            name(byWord, container.key(), container.key());
            name(byWord, container.identity().name(), container.key());
            if (container.identity().number() > 0) {
                name(byWord, service(container, container.identity().service()), container.key());
            }
        }
        Map<String, Map<String, Kind>> wanted = new TreeMap<>();
        for (Sighting container : containers) {
            wanted.put(container.key(), edges(container, byWord));
        }
        Set<String> done = new TreeSet<>();
        for (String from : wanted.keySet()) {
            visit(from, wanted, done, new ArrayList<>());
        }
    }

    private static void name(Map<String, List<String>> byWord, String word, String key) {
        List<String> keys = byWord.computeIfAbsent(word, _ -> new ArrayList<>());
        if (!keys.contains(key)) {
            keys.add(key);
        }
    }

    private static String service(Sighting container, String service) {
        return container.identity().project() + "/" + service;
    }

    private static Map<String, Kind> edges(Sighting container, Map<String, List<String>> byWord) {
        Map<String, Kind> edges = new TreeMap<>();
        for (String shared : container.shares()) {
            add(edges, container, byWord.getOrDefault(shared, List.of()), Kind.SHARES);
        }
        for (String linked : container.links()) {
            add(edges, container, byWord.getOrDefault(linked, List.of()), Kind.LINKS);
        }
        for (String entry :
                container.labels().getOrDefault(Labels.COMPOSE_DEPENDS_ON, "").split(",", -1)) {
            String[] parts = entry.strip().split(":", -1);
            boolean restart = parts.length > 2 && parts[2].equals("true");
            List<String> to = byWord.getOrDefault(service(container, parts[0]), List.of());
            add(edges, container, to, restart ? Kind.RESTART : Kind.ORDER);
        }
        for (String word :
                container.labels().getOrDefault(Labels.DEPENDS_ON, "").split(",", -1)) {
            String name = word.strip();
            List<String> to = byWord.getOrDefault(service(container, name), byWord.getOrDefault(name, List.of()));
            add(edges, container, to, Kind.ORDER);
        }
        return edges;
    }

    private static void add(Map<String, Kind> edges, Sighting from, List<String> to, Kind kind) {
        for (String key : to) {
            if (!key.equals(from.key())) {
                edges.merge(key, kind, Dependencies::both);
            }
        }
    }

    /** What is both linked and to be restarted follows as what shares namespaces does. */
    private static Kind both(Kind one, Kind other) {
        if (one == other || other == Kind.ORDER) {
            return one;
        }
        return one == Kind.ORDER ? other : Kind.SHARES;
    }

    /** Depth first by name, so that the edge that would close a circle is the same in every run. */
    private void visit(String from, Map<String, Map<String, Kind>> wanted, Set<String> done, List<String> path) {
        if (done.contains(from)) {
            return;
        }
        path.add(from);
        wanted.getOrDefault(from, Map.of()).forEach((to, kind) -> {
            int seen = path.indexOf(to);
            if (seen >= 0) {
                cycles.add(String.join(" -> ", path.subList(seen, path.size())) + " -> " + to);
            } else {
                visit(to, wanted, done, path);
                var edge = new Edge(from, to, kind);
                needs.computeIfAbsent(from, _ -> new ArrayList<>()).add(edge);
                neededBy.computeIfAbsent(to, _ -> new ArrayList<>()).add(edge);
            }
        });
        path.removeLast();
        done.add(from);
    }

    /** All that a container needs, directly or not. */
    public Set<String> needs(String key) {
        Set<String> all = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(List.of(key));
        while (!open.isEmpty()) {
            for (Edge edge : needs.getOrDefault(open.removeLast(), List.of())) {
                if (all.add(edge.to())) {
                    open.add(edge.to());
                }
            }
        }
        return all;
    }

    /** Those that need a container themselves, and how. */
    public List<Edge> neededBy(String key) {
        return List.copyOf(neededBy.getOrDefault(key, List.of()));
    }

    /** Circles that were found and broken, as a person writes them. */
    public List<String> cycles() {
        return List.copyOf(cycles);
    }
}
