package caretaker.alerts.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.BodyPart;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What one side said and told in a scenario, without what cannot be the same: clocks, ports and ids. */
final class Transcript {
    /** Fields of the current version that 0.25 does not have. */
    private static final Set<String> NEWER =
            Set.of("notification_reason", "routeLabels", "mutedBy", "muted", "receiverLabels");

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    private final Side side;
    private final List<Instant> times;
    private final Map<String, String> ids;
    private final Map<String, List<JsonNode>> entries = new TreeMap<>();
    private final Map<String, List<Instant>> arrivals = new TreeMap<>();

    /**
     * An empty one.
     *
     * @param times that the scenario made
     * @param ids of silences, and what they are called here
     */
    Transcript(Side side, List<Instant> times, Map<String, String> ids) {
        this.side = side;
        this.times = times;
        this.ids = ids;
    }

    /** By what: a receiver's path with the group's key, a mailbox, a question to the API. */
    Map<String, List<JsonNode>> entries() {
        return entries;
    }

    List<JsonNode> get(String key) {
        return entries.getOrDefault(key, List.of());
    }

    /** When what is under a key came, where that is known. */
    List<Instant> arrivals(String key) {
        return arrivals.getOrDefault(key, List.of());
    }

    void add(String key, JsonNode node) {
        entries.computeIfAbsent(key, same -> new ArrayList<>()).add(normal(node));
    }

    /** What the receivers took until {@code end}. What they refused was tried again, at times that are chance. */
    void addHeard(String scenario, Instant end) {
        for (Recorder.Heard heard : side.recorder().heard()) {
            boolean isTaken = heard.answered() < 300 && !heard.at().isAfter(end);
            if (isTaken && heard.path().startsWith("/" + scenario + "/")) {
                JsonNode body = Stage.parse(heard.body());
                String group =
                        body.path("groupKey").asText(body.path("dedup_key").asText());
                String key = heard.path() + " " + heard.contentType() + " " + group;
                add(key, body);
                arrivals.computeIfAbsent(key, same -> new ArrayList<>()).add(heard.at());
            }
        }
    }

    /** Mails to addresses that begin with the scenario's name. */
    void addMails(String scenario) {
        for (MimeMessage mail : side.mail().getReceivedMessages()) {
            try {
                String to = mail.getHeader("To", ", ");
                if (to != null && to.contains(scenario + "@")) {
                    add("mail to " + to, mail(mail));
                }
            } catch (MessagingException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static ObjectNode mail(MimeMessage mail) throws MessagingException, IOException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Set<String> names = new TreeSet<>();
        for (Header header : Collections.list(mail.getAllHeaders())) {
            names.add(header.getName());
        }
        names.removeAll(Set.of("Return-Path", "Received"));
        node.put("headers", String.join(" ", names));
        node.put("subject", mail.getSubject());
        node.put("from", mail.getHeader("From", ", "));
        var parts = (MimeMultipart) mail.getContent();
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            String type = part.getContentType().replaceFirst(";.*", "");
            node.put(type, String.valueOf(part.getContent()).replace("\r\n", "\n"));
        }
        return node;
    }

    private JsonNode normal(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode made = JsonNodeFactory.instance.objectNode();
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    if (!NEWER.contains(field.getKey())) {
                        made.set(field.getKey(), normal(field.getKey(), field.getValue()));
                    }
                }
                if (!object.path("mutedBy").isEmpty()
                        && made.path("silencedBy").isEmpty()
                        && made.path("inhibitedBy").asInt() == 0) {
                    made.put("state", "active"); // 0.25 does not show what time intervals mute
                }
                yield made;
            }
            case ArrayNode array -> {
                ArrayNode made = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> made.add(normal(element)));
                yield made;
            }
            default -> node.isTextual() ? JsonNodeFactory.instance.textNode(text(node.asText())) : node;
        };
    }

    /** Some lists have no order, or one that is chance. */
    private JsonNode normal(String name, JsonNode value) {
        JsonNode made = normal(value);
        return switch (name) {
            case "receivers" -> sorted(made); // theirs names a receiver once for each route
            case "silencedBy", "matchers" -> sorted(made);
            case "inhibitedBy" -> JsonNodeFactory.instance.numberNode(made.size()); // any one of them
            default -> made;
        };
    }

    private static ArrayNode sorted(JsonNode list) {
        Map<String, JsonNode> distinct = new TreeMap<>();
        list.forEach(one -> distinct.put(one.toString(), one));
        return JsonNodeFactory.instance.arrayNode().addAll(distinct.values());
    }

    private String text(String text) {
        if (TIME.matcher(text).matches()) {
            return time(Instant.parse(text));
        }
        return ids.getOrDefault(text, text.replace(side.recorder().url(), "HOOK"));
    }

    private String time(Instant time) {
        if (time.equals(NEVER)) {
            return "never";
        }
        for (int i = 0; i < times.size(); i++) {
            if (times.get(i).equals(time)) {
                return "time " + i;
            }
            if (times.get(i).truncatedTo(ChronoUnit.MILLIS).equals(time)) {
                return "time " + i + " in milliseconds";
            }
        }
        return "the server's time";
    }
}
