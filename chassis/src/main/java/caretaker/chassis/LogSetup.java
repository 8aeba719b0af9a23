package caretaker.chassis;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/** What logback finds when it starts, in place of a configuration file and of the parser that would read it. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logs.configure(context, new LogSettings(LogSettings.Level.INFO, LogSettings.Format.JSON));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
