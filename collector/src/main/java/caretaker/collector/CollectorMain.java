package caretaker.collector;

import caretaker.chassis.Logs;
import caretaker.chassis.ServiceMain;
import org.slf4j.LoggerFactory;

/** The process of a collector. */
public final class CollectorMain {
    private CollectorMain() {}

    public static void main(String[] args) {
        ServiceMain.run(
                "collector",
                args,
                file -> file == null ? CollectorConfig.defaults() : CollectorConfig.load(file, System.getenv()),
                CollectorMain::start);
    }

    private static ServiceMain.Running start(CollectorConfig config) {
        Logs.configure(config.log());
        var collector = Collector.start(config);
        LoggerFactory.getLogger(CollectorMain.class)
                .atInfo()
                .addKeyValue("port", collector.port())
                .log("collector serves /metrics");
        return new ServiceMain.Running(collector, collector.ended());
    }
}
