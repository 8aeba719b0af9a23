package caretaker.agent;

import caretaker.chassis.ServiceMain;

/** The process of the agent. */
public final class GpuAgentMain {
    private GpuAgentMain() {}

    public static void main(String[] args) {
        ServiceMain.run(
                "gpu-agent",
                args,
                file -> file == null ? GpuAgentConfig.defaults() : GpuAgentConfig.load(file, System.getenv()),
                config -> {
                    var agent = GpuAgent.start(config);
                    return new ServiceMain.Running(agent, agent.ended());
                });
    }
}
