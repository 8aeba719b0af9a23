package caretaker.collector.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lists of targets as Prometheus' HTTP service discovery reads them: one JSON array for each kind, always whole, in
 * an order that does not change. Made anew only when an inventory has changed or a host has missed its heartbeats.
 * Safe for any thread.
 */
public final class TargetLists {
    /** Lists that are there though nothing is in them, so that Prometheus can be told of them beforehand. */
    private static final List<String> ALWAYS =
            List.of(Target.CADVISOR, Target.DCGM_EXPORTER, Target.ML, Target.NODE_EXPORTER);

    private static final Comparator<SdTarget> ORDER = Comparator.comparing((SdTarget each) -> each.target())
            .thenComparing(SdTarget::place)
            .thenComparing(SdTarget::series);
    private static final int ETAG_BYTES = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Inventories inventories;
    private final TargetGuard guard;
    private @Nullable Lists made; // guarded by this
    private long madeOfChanges;
    private long madeUntilMillis;

    /** @param maxTargetsPerHost of a host with more, the first ones are kept */
    public TargetLists(Inventories inventories, int maxTargetsPerHost) {
        this.inventories = inventories;
        guard = new TargetGuard(maxTargetsPerHost);
    }

    /**
     * One list.
     *
     * @param json a JSON array, UTF-8
     * @param etag changes with the list and with nothing else
     */
    public record TargetList(String json, String etag, int targets) {}

    /** All lists of one moment by their kinds, and what was kept out of them. */
    public record Lists(SortedMap<String, TargetList> byKind, Map<Refusal, Integer> refused) {}

    /** The lists of this moment. */
    public synchronized Lists now() {
        Lists current = made;
        long changes = inventories.changes();
        if (current == null || changes != madeOfChanges || inventories.topicMillis() >= madeUntilMillis) {
            madeOfChanges = changes;
            madeUntilMillis = inventories.nextExpiryMillis();
            current = make();
            made = current;
        }
        return current;
    }

    private Lists make() {
        SortedMap<String, List<SdTarget>> byKind = new TreeMap<>();
        ALWAYS.forEach(kind -> byKind.put(kind, new ArrayList<>()));
        Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
        Set<String> places = new HashSet<>();
        for (HostInventory inventory : inventories.current()) {
            TargetGuard.Checked checked = guard.check(inventory);
            checked.refused().forEach((refusal, count) -> refused.merge(refusal, count, Integer::sum));
            for (SdTarget target : checked.targets()) {
                if (places.add(target.place())) {
                    byKind.computeIfAbsent(target.kind(), _ -> new ArrayList<>())
                            .add(target);
                } else {
                    refused.merge(Refusal.DUPLICATE, 1, Integer::sum);
                }
            }
        }
        SortedMap<String, TargetList> lists = new TreeMap<>();
        byKind.forEach((kind, targets) -> lists.put(kind, list(targets)));
        return new Lists(lists, refused);
    }

    private static TargetList list(List<SdTarget> targets) {
        targets.sort(ORDER);
        ArrayNode groups = JSON.createArrayNode();
        for (SdTarget target : targets) {
            ObjectNode group = groups.addObject();
            group.putArray("targets").add(target.target());
            ObjectNode labels = group.putObject("labels");
            target.labels().forEach(labels::put);
        }
        try {
            String json = JSON.writeValueAsString(groups);
            return new TargetList(json, etag(json), targets.size());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of plain values always serialises", e);
        }
    }

    /** Weak, because the body may travel compressed. */
    private static String etag(String json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json.getBytes(UTF_8));
            return "W/\"" + HexFormat.of().formatHex(digest, 0, ETAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
