using Akka.Hosting;
using Microsoft.Extensions.Logging;

namespace Recorder.Actors;

/// <summary>Recorders in an actor system that Akka.Hosting runs.</summary>
public static class RecorderHosting
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "recorder";

    /// <summary>
    /// Adds sources, recorders and the events mediator to the actor system: <c>/user/sources</c>, <c>/user/recorders</c> and
    /// <c>/user/events</c>, each registered under its key in <see cref="RecorderActors"/>. They are local to the system and end
    /// with it: its coordinated shutdown stops every recorder and waits until the files are complete. They use the host's <see
    /// cref="ILoggerFactory"/> and <see cref="TimeProvider"/>, if it has them. The health check <see cref="HealthCheckName"/>
    /// says whether the recorders answer.
    /// </summary>
    /// <param name="builder">The configuration of the actor system.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the message names it and says what is allowed.
    /// </exception>
    /// <remarks>
    /// The start of the host throws <see cref="FFmpeg.FFmpegUnavailableException"/> without FFmpeg's libraries, and
    /// <see cref="InvalidOperationException"/> when the system already has recorders or actors of these names, or is terminating.
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
