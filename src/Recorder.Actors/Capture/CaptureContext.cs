using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Capture;

internal sealed class CaptureContext(CaptureOptions options, ILogger logger, TimeProvider time, Random random)
{
    private readonly long _start = time.GetTimestamp();

    public CaptureOptions Options => options;
    public ILogger Logger => logger;
    public TimeProvider Time => time;
    public Random Random => random;
    public SourceOpener Opener { get; init; } = new(options, logger);

    /// <summary>A clock that never jumps, shared by all sources of the node.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    public Props SourcesProps() =>
        Props.Create(() => new SourcesActor(this)).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));

    public Props SourceProps(SourceUri source) => Props.Create(() => new CaptureSourceActor(source, this));
}
