namespace Recorder.Actors.Capture;

/// <summary>The kind of a source, which decides how it is read and what its loss means.</summary>
internal enum SourceKind
{
    Unknown = 0,

    Test = 1,

    File = 2,

    Network = 3,

    Device = 4,

    Push = 5,
}

/// <summary>How fast a file or the test pattern is read.</summary>
internal enum SourcePace
{
    Unknown = 0,

    /// <summary>One second of media in a second.</summary>
    RealTime = 1,

    Fast = 2,
}
