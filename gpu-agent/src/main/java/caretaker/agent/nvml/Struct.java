package caretaker.agent.nvml;

import java.util.Map;

/** How one of NVML's structures lies in memory. */
record Struct(String name, int size, int versionWord, Map<String, Field> fields) {
    record Field(int offset, int size) {}

    Struct {
        fields = Map.copyOf(fields);
    }

    /** Where a field of this many bytes begins. */
    int offset(String field, int bytes) {
        Field found = fields.get(field);
        if (found == null || found.size != bytes) {
            throw new IllegalStateException("nvml.structs has no " + bytes + "-byte field " + field + " in " + name);
        }
        return found.offset;
    }

    int offsetOfInt(String field) {
        return offset(field, Integer.BYTES);
    }

    int offsetOfLong(String field) {
        return offset(field, Long.BYTES);
    }
}
