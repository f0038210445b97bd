namespace Recorder.Actors.Capture;

/// <summary>The kind of a source, which decides how it is read and what its loss means.</summary>
internal enum SourceKind
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The built-in test pattern.</summary>
    Test = 1,

    /// <summary>A local file.</summary>
    File = 2,

    /// <summary>A camera or server on the network.</summary>
    Network = 3,

    /// <summary>A device of this machine.</summary>
    Device = 4,

    /// <summary>A stream that is sent to this node.</summary>
    Push = 5,
}

/// <summary>How fast a file or the test pattern is read.</summary>
internal enum SourcePace
{
    /// <summary>Not set; treated as <see cref="RealTime"/>.</summary>
    Unknown = 0,

    /// <summary>One second of media in a second.</summary>
    RealTime = 1,

    /// <summary>As fast as the slowest subscriber takes it.</summary>
    Fast = 2,
}
