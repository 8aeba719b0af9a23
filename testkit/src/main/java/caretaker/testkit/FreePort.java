package caretaker.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port of 127.0.0.1 that nobody listens on. It is below those that a system gives out by itself, to whoever connects
 * or listens on port 0: so it stays free until the test binds it, unless another process's test comes to the same one.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int PORTS = 22_000;

    /** Each process begins somewhere else, and gives no port twice. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

    private FreePort() {}

    public static int find() {
        for (int tries = 0; tries < PORTS; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), PORTS);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port on 127.0.0.1");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
