namespace Recorder.Node.Api;

/// <summary>How a take is exported for an editor.</summary>
internal sealed class TakeExportInput
{
    /// <summary>The container of the angles' files: mov or mp4.</summary>
    public string Container { get; set; } = "mov";

    /// <summary>Where nothing was recorded: held shows the frame before, black shows black where that can be encoded.</summary>
    public string Holes { get; set; } = "held";

    /// <summary>The rate of the files: 23.976, 24, 25, …; the take's when left out, or the camera's own where that is another.</summary>
    public string? Rate { get; set; }

    /// <summary>Encode the video of cameras of another rate anew, as H.264 at the rate of the files; otherwise they are refused.</summary>
    public bool Encode { get; set; }

    /// <summary>The constant rate factor of x264 for what is encoded, 0 to 51: lower is better and larger.</summary>
    public int Quality { get; set; } = 18;

    /// <summary>The absolute path, or file URL, of the folder in which the editor will find the files; FCPXML names them with it.</summary>
    public string? Folder { get; set; }
}

/// <summary>How far an export of a take has come.</summary>
internal enum TakeExportState
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Its files are being made.</summary>
    Making = 1,

    /// <summary>All files were made; some may have a problem.</summary>
    Done = 2,

    /// <summary>It ended before all files were made; the problem says why.</summary>
    Failed = 3,
}

/// <summary>How far a file of an export has come.</summary>
internal enum TakeFileState
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>It comes after others.</summary>
    Waiting = 1,

    /// <summary>It is being made.</summary>
    Making = 2,

    /// <summary>It can be downloaded.</summary>
    Done = 3,

    /// <summary>There is none; the problem says why.</summary>
    Failed = 4,
}

/// <summary>An export of a take. Its files are kept until it is deleted, for a day, or until recordings need their room.</summary>
internal sealed class TakeExportAnswer
{
    /// <summary>The export's id.</summary>
    public required string Id { get; init; }

    /// <summary>The take.</summary>
    public required TakeId Take { get; init; }

    /// <summary>How far it has come.</summary>
    public required TakeExportState State { get; init; }

    /// <summary>Its files; the last ones, which editors import, are named when they are made.</summary>
    public required IReadOnlyList<TakeExportFile> Files { get; init; }

    /// <summary>Why it failed; absent otherwise.</summary>
    public string? Problem { get; init; }
}

/// <summary>A file of an export; durations are milliseconds.</summary>
internal sealed record TakeExportFile
{
    /// <summary>Its name.</summary>
    public required string File { get; init; }

    /// <summary>How far it has come.</summary>
    public required TakeFileState State { get; init; }

    /// <summary>Why there is none.</summary>
    public string? Problem { get; init; }

    /// <summary>How much of it is made, 0 to 1; absent before it is begun.</summary>
    public double? Progress { get; init; }

    /// <summary>Its bytes, when it is done.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its SHA-256, when it is done.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The time code of its first frame.</summary>
    public string? TimeCode { get; init; }

    /// <summary>Its frames per second.</summary>
    public string? Rate { get; init; }

    /// <summary>How many frames it lasts.</summary>
    public long? Frames { get; init; }

    /// <summary>How many frames of the recording are in it.</summary>
    public long? SourceFrames { get; init; }

    /// <summary>By how much a frame was moved at most.</summary>
    public TimeSpan? LargestShift { get; init; }

    /// <summary>By how many millionths the camera's clock drifts.</summary>
    public double? Drift { get; init; }

    /// <summary>How many holes it has.</summary>
    public int? Holes { get; init; }

    /// <summary>The constant rate factor with which its video was encoded anew; absent when it was copied.</summary>
    public int? Quality { get; init; }

    /// <summary>Whether all of its frames last equally long.</summary>
    public bool? IsConstantRate { get; init; }
}
