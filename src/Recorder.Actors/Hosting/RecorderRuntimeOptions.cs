using System.Globalization;
using Recorder.Actors.Capture;
using Recorder.Actors.Timing;

namespace Recorder.Actors;

/// <summary>Options of a node's actors.</summary>
public sealed record RecorderRuntimeOptions
{
    // The longest time of a timer.
    private static readonly TimeSpan LongestShutdown = TimeSpan.FromDays(24);

    /// <summary>The node's name in descriptions and events. The machine's name unless set.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>How long a shutdown of the node waits until the recordings are complete. 10 s; at most 24 days.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether recordings that run at shutdown stay open, without a stop event, so that the next start continues them
    /// (<see cref="Contracts.RecorderHistory"/>). Otherwise they are stopped.
    /// </summary>
    public bool KeepRecordings { get; init; }

    /// <summary>Options of the capture of sources.</summary>
    public CaptureOptions Capture { get; init; } = new();

    internal void Validate()
    {
        OptionRules.Require(!string.IsNullOrWhiteSpace(Node), $"{nameof(Node)} is empty; name the node, or leave it out for the machine's name.");
        OptionRules.RequireTime(nameof(ShutdownTimeout), ShutdownTimeout, TimeSpan.FromMilliseconds(1), LongestShutdown);
        OptionRules.Require(Capture is not null, $"{nameof(Capture)} is null; leave it out for the defaults.");
        Capture!.Validate();
    }
}
