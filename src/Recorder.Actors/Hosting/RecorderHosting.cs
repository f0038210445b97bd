using Akka.Hosting;
using Microsoft.Extensions.Logging;

namespace Recorder.Actors;

/// <summary>Recorders in an actor system that Akka.Hosting runs.</summary>
public static class RecorderHosting
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "recorder";

    /// <summary>
    /// Puts sources, recorders and the mediator of their events into the actor system: <c>/user/sources</c>, <c>/user/recorders</c>,
    /// <c>/user/events</c>, each registered under its key in <see cref="RecorderActors"/>. They are local to the system and end with it:
    /// its coordinated shutdown stops every recorder and waits until the files are complete. Logs go to the host's
    /// <see cref="ILoggerFactory"/>, times come from its <see cref="TimeProvider"/>, if it has them. A health check,
    /// <see cref="HealthCheckName"/>, says whether recorders answer.
    /// </summary>
    /// <param name="builder">What configures the actor system.</param>
    /// <param name="options">How; null is the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it and says what is allowed.</exception>
    /// <remarks>
    /// What fails only when the system starts is thrown from the start of the host:
    /// <see cref="FFmpeg.FFmpegUnavailableException"/> without FFmpeg's libraries, <see cref="InvalidOperationException"/> when there are
    /// recorders in the system already, or actors of these names, or when it is terminating.
    /// </remarks>
    public static AkkaConfigurationBuilder WithRecorder(this AkkaConfigurationBuilder builder, RecorderRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        options ??= new RecorderRuntimeOptions();
        options.Validate();
        return builder
            .AddHocon(SystemConfiguration.ForRecorders(options), HoconAddMode.Append)
            .WithHealthCheck(HealthCheckName, new RecorderHealthCheck())
            .WithActors((system, registry, services) =>
            {
                var runtime = RecorderRuntime.StartIn(
                    system, options, services.GetService<ILoggerFactory>(), services.GetService<TimeProvider>());
                registry.Register<RecorderActors.Recorders>(runtime.Recorders);
                registry.Register<RecorderActors.Events>(runtime.Events);
                registry.Register<RecorderActors.Sources>(runtime.Sources);
            });
    }
}
