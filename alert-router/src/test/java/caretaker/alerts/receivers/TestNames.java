package caretaker.alerts.receivers;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** The name server of tests: it knows {@code alert_hook}, too, which is this machine. */
public final class TestNames extends InetAddressResolverProvider {
    private static final String HOOK = "alert_hook";

    /** The URL of a server of this machine, by that name. */
    static String url(String url) {
        return url.replace("127.0.0.1", HOOK);
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return host.equals(HOOK)
                        ? Stream.of(InetAddress.getByAddress(HOOK, new byte[] {127, 0, 0, 1}))
                        : system.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return system.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "tests";
    }
}
