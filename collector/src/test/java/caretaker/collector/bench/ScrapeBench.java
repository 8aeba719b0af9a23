package caretaker.collector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.collector.scrape.MetricsHandler;
import caretaker.collector.scrape.ScrapeLimits;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.SteadyClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;

/** Time of {@code /metrics} of 8,000 GPUs with 326,000 series over loopback HTTP, to a client that only reads. */
final class ScrapeBench {
    private static final int HOSTS = 1000;

    private ScrapeBench() {}

    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        var wall = InstantSource.system();
        var clock = new SteadyClock(wall);
        var fleet = new Fleet(FleetLimits.DEFAULT);
        var made = new BenchFleet();
        for (int host = 0; host < HOSTS; host++) {
            fleet.take(0, made.record(host, 1), Integer.MAX_VALUE);
        }
        var vertx = Vertx.vertx();
        var handler =
                new MetricsHandler(fleet, wall, clock, (_, _) -> {}, ScrapeLimits.DEFAULT, new SimpleMeterRegistry());
        Router router = Router.router(vertx);
        router.get("/metrics").handler(handler);
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
        for (String header : new String[] {"", "Accept-Encoding: gzip\r\n"}) {
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                long cpu = cpuMillis();
                long bytes = scrape(port, header);
                System.out.printf(
                        "%s%.1f MB in %.0f ms, %d ms CPU of all threads, client included%n",
                        header.strip(), bytes / 1e6, (System.nanoTime() - start) / 1e6, cpuMillis() - cpu);
            }
        }
        System.gc();
        Runtime heap = Runtime.getRuntime();
        System.out.printf("heap after GC %.1f MB%n", (heap.totalMemory() - heap.freeMemory()) / 1e6);
        System.exit(0);
    }

    private static long cpuMillis() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toMillis();
    }

    private static long scrape(int port, String header) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setReceiveBufferSize(1 << 20);
            socket.getOutputStream()
                    .write(("GET /metrics HTTP/1.1\r\nHost: a\r\n" + header + "Connection: close\r\n\r\n")
                            .getBytes(UTF_8));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[1 << 18];
            long bytes = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
            return bytes;
        }
    }
}
