package caretaker.alerts.receivers;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * Where a notification may go. Never to the addresses at which clouds hand out credentials, whoever asks: the URL may
 * hold a template, and so come from a label. The name is looked up once more for the connection itself, so a name
 * server that changes its mind in between is not caught.
 */
final class Targets {
    /** EC2's metadata by IPv6, and Alibaba's. The others are link-local. */
    private static final Set<String> METADATA = Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");

    private Targets() {}

    /**
     * Whether the host is, or resolves to, an address that is refused.
     *
     * @param proxied whether a proxy is asked, which may know names that we don't
     * @throws UnknownHostException if it has no address and is called directly
     */
    static boolean isRefused(String host, boolean proxied) throws UnknownHostException {
        try {
            return isRefused(host);
        } catch (UnknownHostException e) {
            if (proxied) {
                return false;
            }
            throw e;
        }
    }

    /** As {@link #isRefused(String, boolean)}, called directly. */
    static boolean isRefused(String host) throws UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (isRefused(address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRefused(InetAddress address) {
        return address.isLinkLocalAddress() || METADATA.contains(address.getHostAddress());
    }
}
