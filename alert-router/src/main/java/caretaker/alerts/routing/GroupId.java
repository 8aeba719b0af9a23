package caretaker.alerts.routing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Which group of alerts, for which receiver: what notifications and timers are remembered under.
 *
 * <p>Two routes with the same matchers and the same receiver share it, as they do in Alertmanager.
 *
 * @param key route key, colon, group labels: <code>{}/{severity="critical"}:{alertname="GpuHot"}</code>
 */
public record GroupId(String key, String receiver) {

    /** The SHA-256 of the key in hex: PagerDuty's {@code dedup_key}. */
    public String keyHash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
