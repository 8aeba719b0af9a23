package caretaker.agent.probe;

import caretaker.agent.containers.LostGpu;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/** What an answer must be for its program to be well. */
sealed interface Expectation {
    /** What an answer says of its program. */
    sealed interface Verdict {
        record Well() implements Verdict {}

        /** Not ready yet, and no failure as long as it may be starting. */
        record Starting(String reason) implements Verdict {}

        record Bad(String reason) implements Verdict {}

        /** The program says that it cannot reach the GPUs. */
        record NoGpu(String reason) implements Verdict {}
    }

    Verdict WELL = new Verdict.Well();

    /** Judges an answer by its status and by its body, as far as that was read. */
    Verdict judge(int status, String body);

    /** Any status from 200 to 299; redirects are not followed, and are no success. */
    record Success() implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            return status >= 200 && status < 300 ? WELL : new Verdict.Bad("status " + status);
        }
    }

    record Status(int wanted) implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            return status == wanted ? WELL : new Verdict.Bad("status " + status + " instead of " + wanted);
        }
    }

    record Contains(String text) implements Expectation {
        @Override
        public Verdict judge(int status, String body) {
            if (status < 200 || status > 299) {
                return new Verdict.Bad("status " + status);
            }
            return body.contains(text) ? WELL : new Verdict.Bad("the expected text is not in the answer");
        }
    }

    /** Grafana's {@code /api/health} says whether its database answers. */
    record Grafana() implements Expectation {
        private static final Pattern DATABASE_OK = Pattern.compile("\"database\"\\s*:\\s*\"ok\"");

        @Override
        public Verdict judge(int status, String body) {
            if (status != 200) {
                return new Verdict.Bad("status " + status);
            }
            return DATABASE_OK.matcher(body).find() ? WELL : new Verdict.Bad("its database is not ok");
        }
    }

    /** Prometheus' {@code /-/ready}: 503 while it reads its write-ahead log, which can take minutes. */
    record Prometheus() implements Expectation {
        static final String HEALTHY = "/-/healthy";

        @Override
        public Verdict judge(int status, String body) {
            return switch (status) {
                case 200 -> WELL;
                case 503 -> new Verdict.Starting("status 503, it is not ready");
                default -> new Verdict.Bad("status " + status);
            };
        }
    }

    /**
     * A dcgm-exporter's {@code /metrics} has samples of each GPU that its container was given, and of one at least.
     *
     * @param gpus how many those are; 0 where that is not known
     */
    record DcgmExporter(IntSupplier gpus) implements Expectation {
        private static final Pattern SAMPLE = Pattern.compile("(?m)^DCGM_FI_\\w+[{ ]");

        /** Its own number of the GPU, which the samples of all its MIG devices have too. */
        private static final Pattern GPU = Pattern.compile("(?m)^DCGM_FI_\\w+\\{[^\\n]*?\\bgpu=\"(\\w+)\"");

        @Override
        public Verdict judge(int status, String body) {
            if (LostGpu.isSaidBy(body)) {
                return new Verdict.NoGpu("status " + status + ", it says that NVML does not answer");
            }
            if (status != 200) {
                return new Verdict.Bad("status " + status);
            }
            if (!SAMPLE.matcher(body).find()) {
                return new Verdict.NoGpu("it has no sample of a GPU");
            }
            int wanted = gpus.getAsInt();
            long found = GPU.matcher(body)
                    .results()
                    .map(sample -> sample.group(1))
                    .distinct()
                    .count();
            boolean isWhole = body.length() < Prober.MAX_BODY;
            return isWhole && found > 0 && found < wanted
                    ? new Verdict.Bad("it has samples of " + found + " GPUs of " + wanted)
                    : WELL;
        }
    }
}
