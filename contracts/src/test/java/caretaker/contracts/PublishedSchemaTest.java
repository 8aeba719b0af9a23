package caretaker.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A reader and a writer that have nothing but the published {@code readings.proto} and Protobuf's own code. */
class PublishedSchemaTest {
    // by the compiler of the build, from the published file alone
    private static FileDescriptor schema = DescriptorProtos.getDescriptor();

    private final ReadingsCodec codec = new ReadingsCodec();
    private final Descriptor readings = schema.findMessageTypeByName("Readings");
    private final Descriptor gpu = schema.findMessageTypeByName("Gpu");

    private interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    @BeforeAll
    static void compileTheSchema() throws Exception {
        File protoc = new File("target/protoc/protoc").getAbsoluteFile();
        assertThat(protoc.canExecute() || protoc.setExecutable(true)).isTrue();
        Path compiled = Files.createTempFile(Path.of("target"), "readings", ".desc");
        Process process = new ProcessBuilder(
                        protoc.getPath(),
                        "--proto_path=" + PublishedTables.FOLDER,
                        "--descriptor_set_out=" + compiled,
                        "readings.proto")
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        var set = FileDescriptorSet.parseFrom(Files.readAllBytes(compiled));
        schema = FileDescriptor.buildFrom(set.getFile(0), new FileDescriptor[0]);
    }

    @Test
    void theSchemaHasTheColumnsAndNothingElse() {
        Set<String> known = new HashSet<>(List.of("uuid", "index", "state", "info", "from_dcgm"));
        for (Column column : Column.values()) {
            FieldDescriptor field = gpu.findFieldByName(column.fieldName());
            assertThat(field).as(column.name()).isNotNull();
            assertThat(field.getNumber()).isEqualTo(column.field());
            assertThat(field.getType()).isIn(FieldDescriptor.Type.INT32, FieldDescriptor.Type.INT64);
            assertThat(field.hasPresence()).isTrue();
            if (field.getType() == FieldDescriptor.Type.INT32) {
                assertThat(column.min()).as(column.name()).isGreaterThanOrEqualTo(Integer.MIN_VALUE);
                assertThat(column.max()).as(column.name()).isLessThanOrEqualTo(Integer.MAX_VALUE);
            }
            known.add(column.fieldName());
        }
        for (VectorColumn column : VectorColumn.values()) {
            FieldDescriptor field = gpu.findFieldByName(column.fieldName());
            assertThat(field).as(column.name()).isNotNull();
            assertThat(field.getNumber()).isEqualTo(column.field());
            assertThat(field.isRepeated()).isTrue();
            assertThat(field.getType()).isIn(FieldDescriptor.Type.SINT32, FieldDescriptor.Type.SINT64);
            known.add(column.fieldName());
        }
        for (Part part : Part.values()) {
            FieldDescriptor field = (part.ofHost() ? readings : gpu).findFieldByName(part.fieldName());
            assertThat(field.getNumber()).isEqualTo(part.field());
            assertThat(field.isRepeated()).isTrue();
            List<String> fields = new ArrayList<>(part.identity());
            List<Integer> numbers = new ArrayList<>();
            IntStream.rangeClosed(1, fields.size()).forEach(numbers::add);
            for (PartColumn column : PartColumn.of(part)) {
                fields.add(column.fieldName());
                numbers.add(column.field());
            }
            assertThat(field.getMessageType().getFields())
                    .extracting(FieldDescriptor::getName)
                    .containsExactlyElementsOf(fields);
            assertThat(field.getMessageType().getFields())
                    .extracting(FieldDescriptor::getNumber)
                    .containsExactlyElementsOf(numbers);
            if (!part.ofHost()) {
                known.add(part.fieldName());
            }
        }
        assertThat(gpu.getFields()).extracting(FieldDescriptor::getName).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void theSchemaHasTheStatesAndTheTextsOfTheRecords() {
        for (GpuState state : GpuState.values()) {
            EnumValueDescriptor value =
                    schema.findEnumTypeByName("GpuState").findValueByName("GPU_STATE_" + state.name());
            assertThat(value.getNumber()).isEqualTo(state.number());
        }
        assertTexts("HostInfo", HostInfo.class);
        assertTexts("GpuInfo", GpuIdentity.class);
    }

    @Test
    void everyColumnIsExplainedUnderItsMetric() throws IOException {
        String text = Files.readString(PublishedTables.FOLDER.resolve("readings.proto"));
        for (Column column : Column.values()) {
            assertThat(text).contains("// " + column.metric().family() + ". ");
        }
    }

    @Test
    void whatTheCodecWritesIsReadByFieldNames() throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            // Given
            Readings sent = MadeUpReadings.random(seed);

            // When
            var message = DynamicMessage.parseFrom(readings, codec.encode(sent));

            // Then
            assertThat(message.getUnknownFields().asMap()).isEmpty();
            assertThat(value(message, "format")).isEqualTo(1);
            assertThat(value(message, "host")).isEqualTo(sent.host());
            assertThat(value(message, "time_unix_ms")).isEqualTo(sent.timeUnixMillis());
            assertThat(value(message, "interval_ms")).isEqualTo(sent.intervalMillis());
            assertThat(value(message, "agent_id")).isEqualTo(sent.agentId());
            assertThat(value(message, "sequence")).isEqualTo(sent.sequence());
            assertCount(message, "gpus_expected", sent.gpusExpected());
            assertCount(message, "gpus_visible", sent.gpusVisible());
            assertCount(message, "gpus_on_pci", sent.gpusOnPci());
            assertThat(texts(message, "info", sent.info() != null))
                    .isEqualTo(sent.info() == null ? List.of() : sent.info().values());
            assertParts((List<?>) value(message, "sxids"), sent.sxids());
            var gpus = (List<?>) value(message, "gpus");
            assertThat(gpus).hasSameSizeAs(sent.gpus());
            for (int i = 0; i < gpus.size(); i++) {
                assertSame((DynamicMessage) gpus.get(i), sent.gpus().get(i));
            }
        }
    }

    @Test
    void whatAnotherWriterWritesIsReadWhateverTheOrder() throws IOException {
        var received = new Readings();
        for (long seed = 0; seed < 200; seed++) {
            // Given: fields in any order, fans one by one, in parts or together, and fields of a newer writer
            Readings sent = MadeUpReadings.random(seed);
            byte[] bytes = another(sent, new Random(seed));

            // When
            var decoded = codec.decode(bytes, received);

            // Then
            assertThat(decoded).as("seed %d", seed).isInstanceOf(ReadingsCodec.Decoded.Known.class);
            assertThat(DynamicMessage.parseFrom(readings, codec.encode(received)))
                    .as("seed %d", seed)
                    .isEqualTo(DynamicMessage.parseFrom(readings, codec.encode(sent)));
        }
    }

    private void assertSame(DynamicMessage message, GpuReading sent) {
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        assertThat(value(message, "uuid")).isEqualTo(sent.uuid());
        assertThat(value(message, "index")).isEqualTo(sent.index());
        assertThat(((EnumValueDescriptor) value(message, "state")).getNumber())
                .isEqualTo(sent.state().number());
        assertThat(texts(message, "info", sent.identity() != null))
                .isEqualTo(sent.identity() == null ? List.of() : sent.identity().values());
        for (Column column : Column.values()) {
            FieldDescriptor field = gpu.findFieldByName(column.fieldName());
            assertThat(message.hasField(field)).as(column.name()).isEqualTo(sent.has(column));
            if (sent.has(column)) {
                assertThat(((Number) message.getField(field)).longValue())
                        .as(column.name())
                        .isEqualTo(sent.get(column));
            }
        }
        for (VectorColumn column : VectorColumn.values()) {
            assertThat((List<?>) value(message, column.fieldName()))
                    .extracting(value -> ((Number) value).longValue())
                    .isEqualTo(Arrays.stream(sent.vector(column)).boxed().toList());
        }
        Set<Object> marked = new HashSet<>((List<?>) value(message, "from_dcgm"));
        for (Column column : Column.values()) {
            assertThat(marked.contains(column.field())).isEqualTo(sent.isFromDcgm(column));
        }
        for (Part part : Part.values()) {
            if (!part.ofHost()) {
                assertParts((List<?>) value(message, part.fieldName()), sent.parts(part));
            }
        }
    }

    private static void assertParts(List<?> messages, List<PartReading> sent) {
        assertThat(messages).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            var message = (DynamicMessage) messages.get(i);
            Part part = sent.get(i).part();
            assertThat(message.getUnknownFields().asMap()).isEmpty();
            for (int text = 0; text < part.identity().size(); text++) {
                assertThat(value(message, part.identity().get(text)))
                        .isEqualTo(sent.get(i).text(text));
            }
            for (PartColumn column : PartColumn.of(part)) {
                FieldDescriptor field = message.getDescriptorForType().findFieldByName(column.fieldName());
                assertThat(message.hasField(field)).isEqualTo(sent.get(i).has(column));
                if (message.hasField(field)) {
                    assertThat(((Number) message.getField(field)).longValue())
                            .isEqualTo(sent.get(i).get(column));
                }
            }
        }
    }

    private void assertCount(DynamicMessage message, String name, int sent) {
        assertThat(message.hasField(readings.findFieldByName(name))).isEqualTo(sent != Readings.UNKNOWN);
        assertThat(value(message, name)).isEqualTo(Math.max(0, sent));
    }

    private static Object value(DynamicMessage message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static List<String> texts(DynamicMessage message, String name, boolean expected) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        assertThat(message.hasField(field)).isEqualTo(expected);
        if (!expected) {
            return List.of();
        }
        var nested = (DynamicMessage) message.getField(field);
        return nested.getDescriptorForType().getFields().stream()
                .map(each -> (String) nested.getField(each))
                .toList();
    }

    private static void assertTexts(String message, Class<?> type) {
        List<FieldDescriptor> fields = schema.findMessageTypeByName(message).getFields();
        assertThat(fields)
                .extracting(field -> field.getJsonName())
                .containsExactlyElementsOf(Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
        assertThat(fields)
                .extracting(FieldDescriptor::getNumber)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, fields.size()).boxed().toList());
    }

    private byte[] another(Readings sent, Random random) throws IOException {
        List<Field> fields = new ArrayList<>(List.of(
                out -> out.writeString(2, sent.host()),
                out -> out.writeInt64(3, sent.timeUnixMillis()),
                out -> out.writeUInt32(4, sent.intervalMillis()),
                out -> out.writeString(5, sent.agentId()),
                out -> out.writeUInt64(6, sent.sequence()),
                out -> out.writeUInt32(1, 1)));
        if (sent.gpusExpected() >= 0) {
            fields.add(out -> out.writeUInt32(8, sent.gpusExpected()));
        }
        if (sent.gpusVisible() >= 0) {
            fields.add(out -> out.writeUInt32(9, sent.gpusVisible()));
        }
        if (sent.gpusOnPci() >= 0) {
            fields.add(out -> out.writeUInt32(10, sent.gpusOnPci()));
        }
        if (sent.info() != null) {
            byte[] info = texts(sent.info().values(), random);
            fields.add(out -> out.writeByteArray(11, info));
        }
        Collections.shuffle(fields, random);
        for (GpuReading each : sent.gpus()) { // their order among themselves is kept
            byte[] bytes = another(each, random);
            fields.add(out -> out.writeByteArray(7, bytes));
        }
        for (PartReading each : sent.sxids()) {
            byte[] bytes = another(each, random);
            fields.add(out -> out.writeByteArray(Part.SXID.field(), bytes));
        }
        fields.add(random.nextInt(fields.size()), out -> out.writeDouble(4711, 0.5));
        return written(fields);
    }

    private static byte[] another(GpuReading sent, Random random) throws IOException {
        List<Field> fields = new ArrayList<>(List.of(
                out -> out.writeString(1, sent.uuid()),
                out -> out.writeUInt32(2, sent.index()),
                out -> out.writeEnum(3, sent.state().number()),
                out -> out.writeString(536_870_911, "the highest field number"),
                out -> out.writeFloat(500, 0.5f),
                out -> out.writeInt64(501, -1)));
        if (sent.identity() != null) {
            byte[] info = texts(sent.identity().values(), random);
            fields.add(out -> out.writeByteArray(4, info));
        }
        for (Column column : Column.values()) {
            if (sent.has(column)) {
                fields.add(out -> out.writeInt64(column.field(), sent.get(column)));
            }
        }
        Collections.shuffle(fields, random);
        for (VectorColumn column : VectorColumn.values()) {
            long[] values = sent.vector(column);
            int together = random.nextInt(values.length + 1);
            fields.add(out -> {
                var packed = new ByteArrayOutputStream();
                var inner = CodedOutputStream.newInstance(packed);
                for (int i = 0; i < together; i++) {
                    inner.writeSInt64NoTag(values[i]);
                }
                inner.flush();
                out.writeByteArray(column.field(), packed.toByteArray());
            });
            for (int i = together; i < values.length; i++) {
                long value = values[i];
                fields.add(out -> out.writeSInt64(column.field(), value));
            }
        }
        for (Part part : Part.values()) {
            for (PartReading each : sent.parts(part)) { // their order among themselves is kept
                byte[] bytes = another(each, random);
                fields.add(out -> out.writeByteArray(part.field(), bytes));
            }
        }
        for (Column column : Column.values()) {
            if (sent.isFromDcgm(column)) {
                fields.add(out -> out.writeUInt32(360, column.field()));
            }
        }
        return written(fields);
    }

    private static byte[] another(PartReading sent, Random random) throws IOException {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < sent.part().identity().size(); i++) {
            int number = i + 1;
            String text = sent.text(i);
            fields.add(out -> out.writeString(number, text));
        }
        for (PartColumn column : PartColumn.of(sent.part())) {
            if (sent.has(column)) {
                long value = sent.get(column);
                fields.add(out -> out.writeInt64(column.field(), value));
            }
        }
        fields.add(out -> out.writeString(99, "of a newer writer"));
        Collections.shuffle(fields, random);
        return written(fields);
    }

    private static byte[] texts(List<String> values, Random random) throws IOException {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            int number = i + 1;
            fields.add(out -> out.writeString(number, values.get(number - 1)));
        }
        fields.add(out -> out.writeString(99, "of a newer writer"));
        Collections.shuffle(fields, random);
        return written(fields);
    }

    private static byte[] written(List<Field> fields) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        for (Field field : fields) {
            field.write(out);
        }
        out.flush();
        return bytes.toByteArray();
    }
}
