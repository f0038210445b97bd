using Microsoft.Extensions.Logging;
using Recorder.Rtsp.Sessions;

namespace Recorder.Actors.Capture;

internal sealed class CaptureContext(CaptureOptions options, ILogger logger, TimeProvider time, Random random)
{
    private readonly long _start = time.GetTimestamp();

    private readonly Lazy<ReceiveGrid> _grid = new(() => new ReceiveGrid(options.Grid, time));

    public CaptureOptions Options => options;
    public ILogger Logger => logger;
    public TimeProvider Time => time;
    public Random Random => random;
    public SourceOpener Opener { get; init; } = new(options, logger, time);

    /// <summary>Reads the cameras that send RTP, each <see cref="CaptureOptions.Grid"/>. The kernel's buffers grow with what arrives
    /// meanwhile.</summary>
    public ReceiveGrid Receiving => _grid.Value;

    /// <summary>Where <see cref="Now"/> begins, on the clock of <see cref="Time"/>.</summary>
    public TimeSpan Origin => time.GetElapsedTime(0, _start);

    /// <summary>A clock that never jumps, shared by all sources of the node.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    public void Close()
    {
        _ = Opener.DisposeAsync().AsTask();
        if (_grid.IsValueCreated)
            _grid.Value.Dispose();
    }

    public Props SourcesProps() =>
        Props.Create(() => new SourcesActor(this)).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));

    public Props SourceProps(SourceUri source) => Props.Create(() => new CaptureSourceActor(source, this));
}
