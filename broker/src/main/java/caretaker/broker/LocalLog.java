package caretaker.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.LogAppendResult;
import kafka.server.ReplicaManager;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Writes to the log of a broker in this process as its own thread would for a producer's request, so that a record
 * needs no connection and no other thread.
 */
final class LocalLog {
    /** Far below what a topic takes in a batch; a larger record has one of its own. */
    private static final int BATCH_BYTES = 128 << 10;

    /** Leader alone: there is no other replica. */
    private static final short ACKS = 1;

    private static final short PLAIN_APPEND = 0;

    private final BrokerServer broker;

    LocalLog(BrokerServer broker) {
        this.broker = broker; // has neither log nor topics before it has started
    }

    /** Records of one partition that are appended in one go. */
    private static final class Batch {
        private final List<SimpleRecord> records = new ArrayList<>();
        private final List<CompletableFuture<Void>> written = new ArrayList<>();
        private int bytes;
    }

    /** See {@link EmbeddedBroker#append}. */
    List<CompletableFuture<Void>> append(String topic, List<ProducerRecord<byte[], byte[]>> records) {
        int partitions = broker.metadataCache()
                .numPartitions(topic)
                .orElseThrow(() -> new UnknownTopicOrPartitionException("there is no topic " + topic));
        List<CompletableFuture<Void>> all = new ArrayList<>(records.size());
        Map<Integer, Batch> batches = new HashMap<>();
        for (ProducerRecord<byte[], byte[]> record : records) {
            int partition = record.key() == null ? 0 : BuiltInPartitioner.partitionForKey(record.key(), partitions);
            Batch batch = batches.computeIfAbsent(partition, _ -> new Batch());
            int bytes = size(record);
            if (!batch.records.isEmpty() && batch.bytes + bytes > BATCH_BYTES) {
                write(topic, partition, batch);
                batch = new Batch();
                batches.put(partition, batch);
            }
            var written = new CompletableFuture<Void>();
            batch.records.add(new SimpleRecord(
                    record.timestamp() == null ? Time.SYSTEM.milliseconds() : record.timestamp(),
                    record.key(),
                    record.value(),
                    record.headers().toArray()));
            batch.written.add(written);
            batch.bytes += bytes;
            all.add(written);
        }
        batches.forEach((partition, batch) -> write(topic, partition, batch));
        return all;
    }

    private static int size(ProducerRecord<byte[], byte[]> record) {
        int bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private void write(String topic, int partition, Batch batch) {
        Throwable failure = failure(topic, partition, batch);
        for (CompletableFuture<Void> written : batch.written) {
            if (failure == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failure);
            }
        }
    }

    private @Nullable Throwable failure(String topic, int partition, Batch batch) {
        ReplicaManager replicas = broker.replicaManager();
        var place = new TopicIdPartition(broker.metadataCache().getTopicId(topic), partition, topic);
        var records = MemoryRecords.withRecords(Compression.NONE, batch.records.toArray(SimpleRecord[]::new));
        try {
            var results = replicas.appendRecordsToLeader(
                    ACKS,
                    false,
                    AppendOrigin.CLIENT,
                    CollectionConverters.asScala(Map.of(place, records)),
                    RequestLocal.noCaching(),
                    replicas.defaultActionQueue(),
                    replicas.appendRecordsToLeader$default$7(),
                    PLAIN_APPEND);
            replicas.tryCompleteActions(); // readers that wait
            LogAppendResult result = results.apply(place);
            return result.exception().isEmpty() ? null : result.exception().get();
        } catch (RuntimeException e) {
            return e;
        }
    }
}
