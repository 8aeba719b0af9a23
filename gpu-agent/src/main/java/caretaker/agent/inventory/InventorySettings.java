package caretaker.agent.inventory;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the inventory is published.
 *
 * @param interval between two records when nothing changes; a host that is silent for two and a half is not scraped
 * @param address where Prometheus reaches this host; the host's name if it is left out
 * @param containerAddresses whether Prometheus reaches the containers' own addresses too. Those of Docker's bridges
 *     mean something else on every host, so only networks that are routed between the hosts allow this
 * @param exporters programs on the host itself that Prometheus is to scrape; those in containers are found by image
 */
public record InventorySettings(
        @Default("60s") @Range(min = "1s", max = "1h") Duration interval,
        @Nullable String address,
        @Default("false") boolean containerAddresses,
        List<Exporter> exporters) {

    public InventorySettings {
        if (address != null && !HostInventory.isAddress(address)) {
            throw new IllegalArgumentException(
                    "address '" + address + "' is not a host name or an IP address; leave out port and brackets");
        }
    }

    /** Where Prometheus reaches a host of this name; empty if its name is not one that a resolver takes. */
    String address(String host) {
        return address != null ? address : HostInventory.isAddress(host) ? host : "";
    }

    /** What a host has that is not in a container. */
    public enum ExporterName {
        NODE_EXPORTER(Target.NODE_EXPORTER),
        CADVISOR(Target.CADVISOR),
        DCGM_EXPORTER(Target.DCGM_EXPORTER);

        private final String kind;

        ExporterName(String kind) {
            this.kind = kind;
        }

        String kind() {
            return kind;
        }
    }

    /** One of them. */
    public record Exporter(
            ExporterName name,
            @Range(min = "1", max = "65535") int port,

            @Default("/metrics") String path,
            @Default("false") boolean tls) {

        public Exporter {
            if (!HostInventory.isPath(path)) {
                throw new IllegalArgumentException("path '" + path + "' should begin with a slash and have no query");
            }
        }

        Target target(String address) {
            return new Target(
                    name.kind(),
                    name.kind(),
                    address,
                    port,
                    path,
                    tls ? Target.Scheme.HTTPS : Target.Scheme.HTTP,
                    Map.of(),
                    "",
                    "");
        }
    }
}
