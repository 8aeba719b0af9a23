package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import caretaker.chassis.config.Secret;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets known users in. Checking a password against its hash takes tens of milliseconds by design, so it is done off the
 * event loop and its outcome is kept under a salted digest of the credentials. A name that does not exist takes as long
 * as one that does.
 */
final class BasicAuth implements Handler<RoutingContext> {
    private static final int MAX_KNOWN = 100;
    private static final int MAX_CHECKS = 16;
    private static final int SALT_BYTES = 32;

    /** Of no password: what an unknown user is checked against. */
    private static final String NOBODY = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

    /** Where the name of who was let in is kept during a request. */
    static final String USER = "caretaker.user";

    private final Vertx vertx;
    private final Map<String, Secret> users;
    private final byte[] salt = new byte[SALT_BYTES];
    private final Map<ByteBuffer, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
            return size() > MAX_KNOWN;
        }
    };
    private int checks;

    private record Credentials(String user, String password) {}

    BasicAuth(Vertx vertx, Map<String, Secret> users) {
        this.vertx = vertx;
        this.users = users;
        new SecureRandom().nextBytes(salt);
    }

    @Override
    public void handle(RoutingContext context) {
        Credentials given = credentials(context.request().getHeader(HttpHeaders.AUTHORIZATION));
        if (given == null) {
            refuse(context);
            return;
        }
        ByteBuffer digest = digest(given);
        Boolean outcome;
        synchronized (known) {
            outcome = known.get(digest);
            if (outcome == null && checks >= MAX_CHECKS) {
                context.response().setStatusCode(503).end("too many password checks at once\n");
                return;
            }
            checks += outcome == null ? 1 : 0;
        }
        if (outcome != null) {
            decide(context, given, outcome);
            return;
        }
        context.request().pause();
        Blocking.call(vertx, () -> verify(given)).onComplete(result -> {
            boolean right = result.succeeded() && result.result();
            synchronized (known) {
                checks--;
                known.put(digest, right);
            }
            context.request().resume();
            decide(context, given, right);
        });
    }

    private static void decide(RoutingContext context, Credentials given, boolean right) {
        if (right) {
            context.put(USER, given.user());
            context.next();
        } else {
            refuse(context);
        }
    }

    private static void refuse(RoutingContext context) {
        context.response()
                .setStatusCode(401)
                .putHeader("WWW-Authenticate", "Basic")
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end("unauthorized\n");
    }

    private boolean verify(Credentials given) {
        Secret hash = users.get(given.user());
        String against = hash == null ? NOBODY : hash.reveal();
        var truncating = LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A);
        boolean right = BCrypt.verifyer(null, truncating)
                .verify(given.password().getBytes(UTF_8), against.getBytes(UTF_8))
                .verified;
        return right && hash != null;
    }

    private static @Nullable Credentials credentials(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String text =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), UTF_8);
            int colon = text.indexOf(':');
            return colon < 0 ? null : new Credentials(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private ByteBuffer digest(Credentials given) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(salt);
            sha.update(given.user().getBytes(UTF_8));
            sha.update((byte) 0);
            return ByteBuffer.wrap(sha.digest(given.password().getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
