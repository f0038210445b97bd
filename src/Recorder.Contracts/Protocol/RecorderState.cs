namespace Recorder.Contracts;

/// <summary>The three states of a recorder (W3C MediaStream Recording, section 2.3).</summary>
public enum RecorderState
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Not recording: the state before a start and after a stop.</summary>
    Inactive = 1,

    /// <summary>Recording, or waiting for the first media after a start.</summary>
    Recording = 2,

    /// <summary>Started, but nothing is recorded and the timeline stands still until a resume.</summary>
    Paused = 3,
}
