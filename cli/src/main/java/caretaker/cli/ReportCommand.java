package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code caretaker report}: what happened, for people. */
@Command(
        name = "report",
        description = "The error report of an incident, in Markdown; without one, the newest incidents.",
        footer = {"", "Examples:", "  caretaker report", "  caretaker report 3f8a1c20b7d94e15 --output grafana.md"})
final class ReportCommand extends OfRecovery {
    @Parameters(arity = "0..1", paramLabel = "INCIDENT", description = "Its id, as `caretaker report` lists it.")
    private @Nullable String incident;

    @Option(names = "--output", paramLabel = "FILE", description = "Write the report there; a file there is replaced.")
    private @Nullable Path output;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "List at most this many, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit = 50;

    @Override
    int run(RecoveryClient client) {
        if (incident != null) {
            return report(client, incident);
        }
        if (output != null) {
            throw new CommandFailure(Exit.USAGE, "--output goes with an INCIDENT; `caretaker report` lists them");
        }
        if (limit < 1 || limit > 1000) {
            throw new CommandFailure(Exit.USAGE, "--limit is between 1 and 1000");
        }
        ObjectNode answer = client.get("/incidents?limit=" + limit);
        var table = new Table("INCIDENT", "BEGAN", "LAST", "ABOUT", "CONDITION", "OUTCOME", "WHY");
        for (JsonNode each : answer.path("incidents")) {
            table.row(
                    each.path("id").asText(),
                    Table.time(each.path("since").asText()),
                    Table.time(each.path("last").asText()),
                    each.path("about").asText(),
                    each.path("condition").asText(),
                    each.path("kind").asText(),
                    each.path("message").asText());
        }
        show(answer, answer.path("incidents").isEmpty() ? List.of("nothing has happened") : table.lines());
        return Exit.OK;
    }

    private int report(RecoveryClient client, String id) {
        String markdown;
        try {
            markdown = client.text("/incidents/" + ServiceClient.encoded(id) + "/report");
        } catch (CommandFailure e) {
            throw e.exitCode() == Exit.NOT_FOUND
                    ? new CommandFailure(
                            Exit.NOT_FOUND, "there is no incident '" + id + "'; `caretaker report` lists them")
                    : e;
        }
        ObjectNode document = Json.document().put("status", "ok").put("incident", id);
        if (output == null) {
            show(document.put("report", markdown), List.of(printable(markdown)));
            return Exit.OK;
        }
        try {
            Files.writeString(output, markdown, UTF_8);
        } catch (IOException e) {
            throw new CommandFailure(Exit.FAILURE, "cannot write " + output + ": " + e.getMessage());
        }
        show(document.put("file", output.toString()), List.of("written to " + output));
        return Exit.OK;
    }

    /** Without anything that would move the cursor, but with its lines. */
    private static String printable(String markdown) {
        return markdown.stripTrailing().replaceAll("[\\p{Cntrl}&&[^\n]]", " ");
    }
}
