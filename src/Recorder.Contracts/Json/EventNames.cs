namespace Recorder.Contracts.Json;

/// <summary>The names of events in JSON: those of the specification, and further ones for events that it does not have.</summary>
internal static class EventNames
{
    public const string Start = "start";
    public const string DataAvailable = "dataavailable";
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Error = "error";
    public const string Stop = "stop";
    public const string Gap = "gap";
    public const string Source = "source";
    public const string Durable = "durable";
    public const string Storage = "storage";
    public const string Mark = "mark";
    public const string Clock = "clock";
    public const string LateMedia = "latemedia";
}
