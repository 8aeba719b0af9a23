package caretaker.cli;

import caretaker.cli.ServiceClient.Answer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Asks the recovery service of a host. */
final class RecoveryClient implements AutoCloseable {
    private final ServiceClient service;

    RecoveryClient(RecoveryOptions options, Map<String, String> environment) {
        service = new ServiceClient("recovery service", options.url(), "/api/v1", options.service(), environment);
    }

    ObjectNode get(String path) {
        return document(service.get(path));
    }

    ObjectNode post(String path, ObjectNode body) {
        return document(service.post(path, body));
    }

    /** Where the answer is no JSON but a text. */
    String text(String path) {
        Answer answer = service.get(path);
        if (answer.status() != 200) {
            throw failure(answer);
        }
        return answer.body();
    }

    private ObjectNode document(Answer answer) {
        if (answer.status() != 200 && answer.status() != 202) {
            throw failure(answer);
        }
        if (service.json(answer) instanceof ObjectNode document) {
            return document;
        }
        throw service.unexpected(Exit.FAILURE, answer);
    }

    private CommandFailure failure(Answer answer) {
        boolean isOurs = answer.text().startsWith("{");
        JsonNode json = isOurs ? service.json(answer) : Json.object();
        String error = Table.plain(json.path("error").asText());
        String reason = json.path("reason").asText();
        return switch (answer.status()) {
            case 400 -> isOurs ? new CommandFailure(Exit.USAGE, error) : service.unexpected(Exit.FAILURE, answer);
            case 401, 403 -> service.noEntry(answer);
            case 404 ->
                isOurs
                        ? new CommandFailure(Exit.NOT_FOUND, error + "; `caretaker recovery list` shows what there is")
                        : service.noSuchPath("");
            case 409 -> new CommandFailure(Conclusion.exitCode(reason), error);
            case 503 ->
                isOurs ? new CommandFailure(Exit.UNREACHABLE, error) : service.unexpected(Exit.UNREACHABLE, answer);
            default -> service.unexpected(Exit.FAILURE, answer);
        };
    }

    @Override
    public void close() {
        service.close();
    }
}
