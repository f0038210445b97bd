using System.Globalization;
using Recorder.Actors.Capture;
using Recorder.Actors.Timing;

namespace Recorder.Actors;

/// <summary>How a node's actors are set up.</summary>
public sealed record RecorderRuntimeOptions
{
    // What a timer can wait for.
    private static readonly TimeSpan LongestShutdown = TimeSpan.FromDays(24);

    /// <summary>The node's name in descriptions and events. The machine's name unless set.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>How long the end of the node waits for recordings to be completed. 10 s; at most 24 days.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether recordings that are under way at the end stay open, without a stop event, for the next start to go on with
    /// (<see cref="Contracts.RecorderHistory"/>). Otherwise they are stopped.
    /// </summary>
    public bool KeepRecordings { get; init; }

    /// <summary>How sources are captured.</summary>
    public CaptureOptions Capture { get; init; } = new();

    /// <summary>Refuses options that no node can run with.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it and says what is allowed.</exception>
    internal void Validate()
    {
        OptionRules.Require(!string.IsNullOrWhiteSpace(Node), $"{nameof(Node)} is empty; name the node, or leave it out for the machine's name.");
        OptionRules.RequireTime(nameof(ShutdownTimeout), ShutdownTimeout, TimeSpan.FromMilliseconds(1), LongestShutdown);
        OptionRules.Require(Capture is not null, $"{nameof(Capture)} is null; leave it out for the defaults.");
        Capture!.Validate();
    }
}
