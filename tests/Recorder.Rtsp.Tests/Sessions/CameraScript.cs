namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>What a scripted camera answers: as a good one does, but for what a spec says. Holds no socket.</summary>
internal sealed class CameraScript
{
    public const string Sound = "m=audio 0 RTP/AVP 8\r\na=control:trackID=0\r\n";
    public const string SecondSound = "m=audio 0 RTP/AVP 0\r\na=control:trackID=1\r\n";
    public const string Video = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=2\r\n";

    /// <summary>An answer that closes the connection.</summary>
    public static readonly byte[] Hangup = [0];

    /// <summary>No answer.</summary>
    public static readonly byte[] Silence = [];

    private readonly Dictionary<string, Func<CameraRequest, byte[]>> _answers = [];

    public string Sdp { get; set; } = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=cam\r\nt=0 0\r\na=control:*\r\n" + Sound;

    public string Session { get; set; } = "77;timeout=60";

    public string Public { get; set; } = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER";

    public CameraPassword? Password { get; set; }

    public static string Describe(params string[] media) =>
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=cam\r\nt=0 0\r\na=control:*\r\n" + string.Concat(media);

    /// <summary>The camera answers a method in its own way.</summary>
    public CameraScript On(string method, Func<CameraRequest, byte[]> answer)
    {
        _answers[method] = answer;
        return this;
    }

    public byte[] Answer(CameraRequest request) =>
        Password?.Refuse(request) ?? (_answers.TryGetValue(request.Method, out var answer) ? answer(request) : Usual(request));

    public byte[] Usual(CameraRequest request) => request.Method switch
    {
        "OPTIONS" => request.Ok($"Public: {Public}"),
        "DESCRIBE" => request.Answer(200, "OK", ["Content-Type: application/sdp", $"Content-Base: {request.Url}/"], Sdp),
        "SETUP" => request.Ok($"Session: {Session}", $"Transport: {request["Transport"]}"),
        "PLAY" => request.Ok($"Session: {Session}", "Range: npt=now-"),
        "GET_PARAMETER" or "SET_PARAMETER" or "TEARDOWN" => request.Ok(),
        _ => request.Answer(501, "Not Implemented"),
    };
}
