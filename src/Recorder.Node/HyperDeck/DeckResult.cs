namespace Recorder.Node.HyperDeck;

/// <summary>The answers of one line: what became of a command. The numbers are those of the HyperDeck Ethernet Protocol.</summary>
internal enum DeckResult
{
    Unknown = 0,
    SyntaxError = 100,
    UnsupportedParameter = 101,
    InvalidValue = 102,

    /// <summary>The command is known, but this deck does not do it.</summary>
    Unsupported = 103,
    DiskFull = 104,
    NoDisk = 105,
    DiskError = 106,
    InternalError = 108,
    OutOfRange = 109,
    NoInput = 110,
    RemoteControlDisabled = 111,
    ClipNotFound = 112,
    ConnectionRejected = 120,
    InvalidState = 150,
    Done = 200,
}
