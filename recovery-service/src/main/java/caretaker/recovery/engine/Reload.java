package caretaker.recovery.engine;

import caretaker.chassis.config.Secret;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.engine.Web.Answer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a container's service to read its configuration again: a POST without a body. */
final class Reload {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Census census;
    private final Web web;
    private final Credentials credentials;

    Reload(Census census, Web web, Credentials credentials) {
        this.census = census;
        this.web = web;
        this.credentials = credentials;
    }

    Result of(Inspection container, Rung rung) throws Unavailable, Refusal {
        Optional<Inspection> network = census.network(container);
        if (rung.requires() != Requirement.CREDENTIALS) {
            return ask(
                    network.map(of -> Endpoint.of(of, rung.port(), rung.path())).orElse(List.of()), rung, null);
        }
        Optional<Sighting> seen = container.sighting(census.roster(), false);
        Optional<Secret> token = seen.flatMap(credentials::of);
        if (token.isEmpty()) {
            return new Result.Refused("there is no token for it, or its file cannot be read");
        }
        List<Endpoint> own =
                network.map(of -> Endpoint.own(of, rung.port(), rung.path())).orElse(List.of());
        if (own.isEmpty()) {
            return new Result.Refused("it has no address of its own, and a token is sent to no other");
        }
        return ask(own, rung, token.get());
    }

    private Result ask(List<Endpoint> places, Rung rung, @Nullable Secret token) {
        Duration limit = rung.within().compareTo(LIMIT) < 0 ? rung.within() : LIMIT;
        try {
            Answer answer = web.ask(HttpMethod.POST, places, limit, token);
            return answer.isSuccess()
                    ? new Result.Done()
                    : new Result.Refused(without(token, "it answered " + answer.status() + ": " + answer.body()));
        } catch (Web.Unreached e) {
            return new Result.Refused(
                    Refusal.line("its port " + rung.port() + " cannot be reached: " + e.getMessage()));
        } catch (IOException e) {
            return new Result.Unknown(without(token, String.valueOf(e.getMessage())));
        }
    }

    /** Whoever repeats what he was sent gives it away to nobody. */
    private static String without(@Nullable Secret token, String text) {
        return Refusal.line(token == null ? text : text.replace(token.reveal(), "***"));
    }
}
