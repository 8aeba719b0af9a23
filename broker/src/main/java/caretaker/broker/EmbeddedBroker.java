package caretaker.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.raft.QuorumConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and its controller in this JVM, alone in their cluster. Any Kafka client on this machine may connect.
 *
 * <p>Records it has acknowledged survive {@link #close} and the sudden end of the process. A power cut may cost the
 * last second.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedBroker.class);
    /** Who logs in, where a password is asked for. */
    public static final String USER = "caretaker";

    private static final String HOST = "127.0.0.1";
    private static final int BACKLOG = 64;
    private static final Duration SESSION = Duration.ofSeconds(3);

    private final int port;
    private final DirectoryLock lock;
    private final BrokerServer broker;
    private final ControllerServer controller;
    private final Faults faults;
    private final LocalLog log;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(
            int port, DirectoryLock lock, BrokerServer broker, ControllerServer controller, Faults faults) {
        this.port = port;
        this.lock = lock;
        this.broker = broker;
        this.controller = controller;
        this.faults = faults;
        this.log = new LocalLog(broker);
    }

    /**
     * Starts a broker that serves when this returns.
     *
     * @param dir where the data is, created if absent; one broker at a time
     * @param port where clients connect on 127.0.0.1; 0 takes a free one
     * @throws BrokerException if it cannot start; nothing is left running
     */
    public static EmbeddedBroker start(Path dir, int port) {
        return reserve(dir, port, SESSION, null).start();
    }

    /**
     * Takes the directory and the ports; {@link Reserved#start} does the rest. A client that connects in between waits.
     *
     * @param session so long a start after a kill waits for the one that was killed, and so long the process may stand
     *     still before clients are refused for a moment
     * @param password what {@link #USER} has to say by SASL PLAIN, in letters and digits; null if everybody may connect
     * @throws BrokerException if it cannot have them; nothing is left taken
     */
    public static Reserved reserve(Path dir, int port, Duration session, @Nullable String password) {
        Path home = dir.toAbsolutePath().normalize();
        DirectoryLock lock = DirectoryLock.take(home);
        var sockets = new ConcurrentHashMap<String, ServerSocketChannel>();
        try {
            // Bound before Kafka starts: both ports are known to the settings, and nobody can take them in between.
            int clients = bind(sockets, BrokerSettings.CLIENTS, port);
            int controllers = bind(sockets, LogDirectory.CONTROLLER, 0);
            return new Reserved(home, lock, sockets, clients, controllers, session, password);
        } catch (RuntimeException e) {
            giveBack(lock, sockets);
            throw e;
        }
    }

    private static void giveBack(DirectoryLock lock, Map<String, ServerSocketChannel> sockets) {
        sockets.values().forEach(socket -> Utils.closeQuietly(socket, "listener"));
        Utils.closeQuietly(lock, "directory lock");
    }

    /** A directory and a port, taken for a broker. What connects to it is found out before Kafka is up. */
    public static final class Reserved {
        private final Path home;
        private final DirectoryLock lock;
        private final ConcurrentHashMap<String, ServerSocketChannel> sockets;
        private final int clients;
        private final int controllers;
        private final Duration session;
        private final @Nullable String password;

        private Reserved(
                Path home,
                DirectoryLock lock,
                ConcurrentHashMap<String, ServerSocketChannel> sockets,
                int clients,
                int controllers,
                Duration session,
                @Nullable String password) {
            this.home = home;
            this.lock = lock;
            this.sockets = sockets;
            this.clients = clients;
            this.controllers = controllers;
            this.session = session;
            this.password = password;
        }

        /** What a client's {@code bootstrap.servers} must say. */
        public String bootstrapServers() {
            return HOST + ":" + clients;
        }

        /**
         * Starts a broker that serves when this returns. To be called once.
         *
         * @throws BrokerException if it cannot start; nothing is left running or taken
         */
        public EmbeddedBroker start() {
            try {
                Path log = LogDirectory.prepare(home);
                return launch(
                        home, BrokerSettings.of(log, clients, controllers, session, password), clients, lock, sockets);
            } catch (RuntimeException e) {
                giveBack(lock, sockets);
                throw e;
            }
        }
    }

    private static int bind(Map<String, ServerSocketChannel> sockets, String listener, int port) {
        try {
            var socket = ServerSocketChannel.open();
            sockets.put(listener, socket);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return ((InetSocketAddress) socket.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new BrokerException.PortInUse(port, e);
        }
    }

    private static EmbeddedBroker launch(
            Path home,
            KafkaConfig config,
            int port,
            DirectoryLock lock,
            ConcurrentHashMap<String, ServerSocketChannel> sockets) {
        Faults faults = Faults.install();
        EmbeddedBroker embedded = null;
        try {
            var directories = KafkaRaftServer.initializeLogDirs(config, LOGGER, "");
            var metrics = Server.initializeMetrics(
                    config, Time.SYSTEM, directories._1().clusterId().orElseThrow());
            var shared = new SharedServer(
                    config,
                    directories._1(),
                    Time.SYSTEM,
                    metrics,
                    CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(
                            config.quorumConfig().voters())),
                    List.of(),
                    faults::handler,
                    (listener, _, _, receiveBuffer) -> handOver(sockets, listener));
            var broker = new BrokerServer(shared);
            var controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
            embedded = new EmbeddedBroker(port, lock, broker, controller, faults);
            controller.startup();
            broker.startup();
            return embedded;
        } catch (Throwable e) {
            if (embedded != null) {
                embedded.stopServers();
            }
            throw new BrokerException.StartFailed(home, e);
        }
    }

    private static ServerSocketChannel handOver(Map<String, ServerSocketChannel> sockets, String listener)
            throws IOException {
        ServerSocketChannel socket = sockets.remove(listener);
        if (socket == null) {
            throw new IOException("no socket left for the listener " + listener);
        }
        socket.configureBlocking(false);
        return socket;
    }

    /** What a client's {@code bootstrap.servers} must say. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    /**
     * Writes records of one topic, as a producer would that waits for the broker's acknowledgement, on the caller's
     * thread. With a key they go to the partition that Kafka's own producer would choose, without one to the first.
     *
     * <p>A thread that is interrupted meanwhile would close the log's files under the broker.
     *
     * @return for each, what is complete: it is written, or why it is not
     * @throws org.apache.kafka.common.errors.RetriableException if the broker does not know the topic
     */
    public List<CompletableFuture<Void>> append(String topic, List<ProducerRecord<byte[], byte[]>> records) {
        return log.append(topic, records);
    }

    /** The fault that the broker cannot go on after, if there was one. Its data are then best read by a new process. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(faults.first().getNow(null));
    }

    /** Completes with what {@link #failure} then returns. */
    public CompletableFuture<Throwable> failed() {
        return faults.first().copy();
    }

    /** Returns once all data are flushed and the port and the directory are free. May be called again. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopServers();
        Utils.closeQuietly(lock, "directory lock");
    }

    private void stopServers() {
        Utils.swallow(LOGGER, org.slf4j.event.Level.WARN, "broker shutdown", broker::shutdown);
        Utils.swallow(LOGGER, org.slf4j.event.Level.WARN, "controller shutdown", controller::shutdown);
    }
}
