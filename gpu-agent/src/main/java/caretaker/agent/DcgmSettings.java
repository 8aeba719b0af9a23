package caretaker.agent;

import caretaker.agent.dcgm.DcgmEndpoint;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.net.URI;
import java.time.Duration;

/**
 * A dcgm-exporter of this host.
 *
 * @param url of its metrics, such as {@code http://127.0.0.1:9400/metrics}
 * @param interval how often it is read; the exporter itself reads no more often than every 30 s unless it is told to
 * @param timeout for one answer as a whole; shorter than the interval
 */
public record DcgmSettings(
        URI url,
        @Default("15s") @Range(min = "1s", max = "1h") Duration interval,
        @Default("5s") @Range(min = "100ms", max = "1m") Duration timeout) {

    public DcgmSettings {
        boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!isHttp || url.getHost() == null || url.getUserInfo() != null) {
            throw new IllegalArgumentException("dcgm: the url must be like http://127.0.0.1:9400/metrics");
        }
        if (timeout.compareTo(interval) >= 0) {
            throw new IllegalArgumentException(
                    "dcgm: the timeout " + timeout + " is not below the interval " + interval);
        }
    }

    DcgmEndpoint.Settings endpoint() {
        return new DcgmEndpoint.Settings(url, interval, timeout);
    }
}
