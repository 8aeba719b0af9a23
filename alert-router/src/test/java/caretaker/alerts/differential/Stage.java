package caretaker.alerts.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where one scenario is played: what it does is done on all sides, with the same times. Used by one thread. */
final class Stage {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** The ids that a silence has. */
    private record Silence(Map<Side, String> ids) {}

    private final String scenario;
    private final List<Side> sides;
    private final Map<Side, Map<String, List<JsonNode>>> answers = new HashMap<>();
    private final List<Silence> silences = new ArrayList<>();
    private final Map<String, Instant> begun = new HashMap<>();
    private final Set<Instant> times = new LinkedHashSet<>();
    private Instant now = Instant.EPOCH;
    private int round;

    Stage(String scenario, List<Side> sides) {
        this.scenario = scenario;
        this.sides = sides;
        sides.forEach(side -> answers.put(side, new TreeMap<>()));
    }

    void begin(int number, Instant at) {
        round = number;
        now = at;
    }

    String scenario() {
        return scenario;
    }

    /** A time from the beginning of this round, known to be ours when it comes back. */
    Instant in(Duration distance) {
        Instant time = now.plus(distance);
        times.add(time);
        return time;
    }

    /** Raises alerts, or says again that they are there, in one batch. Each is {@code "a=1 b=2"}. */
    void fire(String... alerts) {
        ArrayNode batch = JsonNodeFactory.instance.arrayNode();
        for (String labels : alerts) {
            batch.add(alert(labels, begun.computeIfAbsent(labels, key -> in(Duration.ZERO)), null));
        }
        post(batch);
    }

    /** Ends alerts, in one batch. One that never was is younger than group_wait, so that its group keeps the beat. */
    void resolve(String... alerts) {
        ArrayNode batch = JsonNodeFactory.instance.arrayNode();
        for (String labels : alerts) {
            Instant began = begun.remove(labels);
            batch.add(alert(labels, began == null ? in(Duration.ofMillis(-100)) : began, in(Duration.ZERO)));
        }
        post(batch);
    }

    /** An alert with the annotation and URL that every one of ours has. */
    ObjectNode alert(String labels, @Nullable Instant startsAt, @Nullable Instant endsAt) {
        ObjectNode alert = JsonNodeFactory.instance.objectNode();
        ObjectNode pairs = alert.putObject("labels").put("scenario", scenario);
        for (String pair : labels.split(" ")) {
            int at = pair.indexOf('=');
            pairs.put(pair.substring(0, at), pair.substring(at + 1));
        }
        alert.putObject("annotations").put("summary", "of " + labels);
        alert.put("generatorURL", "http://prometheus.example.com/graph?g0.expr=a%3E1&g0.tab=1");
        if (startsAt != null) {
            alert.put("startsAt", startsAt.toString());
        }
        if (endsAt != null) {
            alert.put("endsAt", endsAt.toString());
        }
        return alert;
    }

    ArrayNode batch(JsonNode... alerts) {
        return JsonNodeFactory.instance.arrayNode().addAll(List.of(alerts));
    }

    /** Posts a body as it is and keeps the status. */
    void post(JsonNode body) {
        everywhere("POST alerts", side -> {
            int status = side.send("POST", "/api/v2/alerts", body.toString()).statusCode();
            return JsonNodeFactory.instance.numberNode(status);
        });
    }

    /** A silence from and until a time from now; what is returned is its number. */
    int silence(Duration from, Duration until, String... matchers) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode list = body.putArray("matchers");
        list.add(matcher("scenario=" + scenario));
        for (String matcher : matchers) {
            list.add(matcher(matcher));
        }
        body.put("startsAt", in(from).toString());
        body.put("endsAt", in(until).toString());
        body.put("createdBy", "me").put("comment", "why");
        var made = new Silence(new ConcurrentHashMap<>());
        everywhere("POST silences", side -> {
            HttpResponse<String> answer = side.send("POST", "/api/v2/silences", body.toString());
            if (answer.statusCode() == 200) {
                made.ids().put(side, parse(answer.body()).path("silenceID").asText());
            }
            return JsonNodeFactory.instance.numberNode(answer.statusCode());
        });
        silences.add(made);
        return silences.size() - 1;
    }

    private static ObjectNode matcher(String text) {
        int at = text.indexOf('=');
        boolean regex = text.startsWith("~", at + 1);
        boolean equal = text.charAt(at - 1) != '!';
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", text.substring(0, equal ? at : at - 1))
                .put("value", text.substring(regex ? at + 2 : at + 1))
                .put("isRegex", regex)
                .put("isEqual", equal);
    }

    void expire(int silence) {
        everywhere("DELETE silence", side -> {
            String path = "/api/v2/silence/" + silences.get(silence).ids().get(side);
            return JsonNodeFactory.instance.numberNode(
                    side.send("DELETE", path, "").statusCode());
        });
    }

    /** What the receiver answers next; {@code /SCENARIO/} is put before the path. */
    void answer(String path, int... statuses) {
        sides.forEach(side -> side.recorder().answer("/" + scenario + "/" + path, statuses));
    }

    /** Asks the API and keeps the answer. The filter for this scenario's is added. */
    void look(String path) {
        String filter = URLEncoder.encode("scenario=\"" + scenario + "\"", StandardCharsets.UTF_8);
        String full = path + (path.contains("?") ? "&" : "?") + "filter=" + filter;
        everywhere("GET " + path, side -> {
            HttpResponse<String> answer = side.send("GET", full, "");
            ObjectNode kept = JsonNodeFactory.instance.objectNode().put("status", answer.statusCode());
            if (answer.statusCode() == 200) {
                kept.set("body", parse(answer.body()));
            }
            return kept;
        });
    }

    private void everywhere(String what, Function<Side, JsonNode> call) {
        String key = "round " + round + ": " + what;
        List<Thread> threads = new ArrayList<>();
        for (Side side : sides) {
            threads.add(Thread.ofVirtual().start(() -> {
                JsonNode answer = call.apply(side);
                Map<String, List<JsonNode>> kept = answers.getOrDefault(side, Map.of());
                kept.computeIfAbsent(key, same -> new ArrayList<>()).add(answer);
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + json, e);
        }
    }

    /** Everything that the side said, and was told until {@code end}, made comparable. */
    Transcript transcript(Side side, Instant end) {
        Map<String, String> ids = new HashMap<>();
        for (int i = 0; i < silences.size(); i++) {
            String id = silences.get(i).ids().get(side);
            if (id != null) {
                ids.put(id, "silence " + i);
            }
        }
        var transcript = new Transcript(side, List.copyOf(times), ids);
        answers.getOrDefault(side, Map.of()).forEach((key, list) -> list.forEach(one -> transcript.add(key, one)));
        transcript.addHeard(scenario, end);
        transcript.addMails(scenario);
        return transcript;
    }
}
