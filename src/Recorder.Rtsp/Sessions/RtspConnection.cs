using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Sessions;

/// <summary>Takes what comes between the messages of a connection.</summary>
internal interface IInterleavedReceiver
{
    /// <param name="packet">Valid until <see cref="Park"/>.</param>
    void Receive(byte channel, ReadOnlyMemory<byte> packet, TimeSpan now);

    /// <summary>The receive buffer is used again after this.</summary>
    void Park(TimeSpan now);
}

/// <summary>Requests and answers of an RTSP connection, and the frames between them. Used by one thread at a time.</summary>
internal sealed class RtspConnection(IRtspWire wire, Authenticator authenticator, TimeProvider time) : IDisposable
{
    private const string UserAgent = "Recorder";

    private readonly RtspReader _reader = new();
    private readonly Queue<RtspResponse> _answers = new();
    private byte[] _rest = [];
    private int _restLength;
    private int _sequence;
    private bool _isClosing;

    public IRtspWire Wire => wire;

    public RtspReader Reader => _reader;

    public string? Session { get; set; }

    public IInterleavedReceiver? Receiver { get; set; }

    /// <summary>When the latest byte came, on the clock of the caller.</summary>
    public TimeSpan LastByte { get; private set; }

    /// <summary>Whether a request has named the user and the password.</summary>
    public bool HasIdentified { get; private set; }

    /// <summary>Sends a request and waits for its answer, which may be a refusal. Answers a challenge once.</summary>
    public RtspResponse Request(string method, string url, IReadOnlyList<RtspHeader> headers, byte[] buffer, TimeSpan until, CancellationToken cancellation)
    {
        while (true)
        {
            var sequence = Post(method, url, headers);
            var answer = Await(sequence, buffer, until, cancellation);
            if (!MustSendAgain(answer))
                return answer;
        }
    }

    /// <summary>Sends a request and returns its number.</summary>
    public int Post(string method, string url, IReadOnlyList<RtspHeader> headers)
    {
        var all = new List<RtspHeader>(headers.Count + 3);
        if (authenticator.Authorize(method, url) is { } authorization)
        {
            all.Add(new RtspHeader("Authorization", authorization));
            HasIdentified = true;
        }

        all.AddRange(headers);
        if (Session is not null)
            all.Add(new RtspHeader("Session", Session));

        all.Add(new RtspHeader("User-Agent", UserAgent));
        wire.Send(RtspWriter.Request(method, url, ++_sequence, all));
        return _sequence;
    }

    /// <summary>Says that nothing more will be sent. Requests of the server are not answered from now on.</summary>
    public void EndSending()
    {
        _isClosing = true;
        wire.EndSending();
    }

    public void SendFrame(byte channel, ReadOnlySpan<byte> packet) => wire.Send(RtspWriter.Frame(channel, packet));

    /// <summary>Receives once; returns the number of bytes, 0 for none, below 0 at the end of the stream.</summary>
    public int Receive(byte[] buffer, TimeSpan wait, out bool isFull)
    {
        _rest.AsSpan(0, _restLength).CopyTo(buffer);
        var room = buffer.AsSpan(_restLength);
        var received = wire.Receive(room, wait);
        isFull = received == room.Length;
        if (received <= 0)
            return received;

        var now = LastByte = time.GetElapsedTime(0);
        var length = _restLength + received;
        var begin = 0;
        while (_reader.TryRead(buffer.AsMemory(begin, length - begin), out var consumed, out var frame, out var message) is var result)
        {
            begin += consumed;
            if (result == ReadResult.More)
                break;

            if (result == ReadResult.Frame)
                Receiver?.Receive(frame.Channel, frame.Payload, now);
            else if (message is RtspResponse answer)
                Keep(answer);
            else if (message is RtspRequest request)
                Answer(request);
        }

        Receiver?.Park(now);
        KeepRest(buffer.AsSpan(begin, length - begin));
        return received;
    }

    /// <summary>Whether the answer is a challenge that can be met, by the same request again.</summary>
    public bool MustSendAgain(RtspResponse answer)
    {
        if (answer.Status == 401)
            return authenticator.Challenged(answer.Headers) == ChallengeOutcome.SendAgain;

        authenticator.Accepted();
        return false;
    }

    public bool TryTakeAnswer([NotNullWhen(true)] out RtspResponse? answer) => _answers.TryDequeue(out answer);

    public void Dispose()
    {
        wire.Dispose();
        KeepRest(default);
    }

    private RtspResponse Await(int sequence, byte[] buffer, TimeSpan until, CancellationToken cancellation)
    {
        var slice = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            while (_answers.TryDequeue(out var answer))
            {
                if (answer.CSeq is null || answer.CSeq == sequence)
                    return answer;
            }

            cancellation.ThrowIfCancellationRequested();
            var left = until - time.GetElapsedTime(0);
            if (left <= TimeSpan.Zero)
                throw new RtspException(RtspFault.Timeout, "it does not answer");

            if (Receive(buffer, left < slice ? left : slice, out _) < 0)
                throw new RtspException(RtspFault.Closed, "it closed the connection");
        }
    }

    private void Keep(RtspResponse answer)
    {
        // Provisional answers are followed by another one. Some cameras forget the number; late answers to earlier requests have a
        // smaller one, and must not take the place of the one that is waited for.
        const int MostAnswers = 16;
        if (answer.Status >= 200 && (answer.CSeq is null || answer.CSeq == _sequence) && _answers.Count < MostAnswers)
            _answers.Enqueue(answer);
    }

    private void Answer(RtspRequest request)
    {
        if (request.Method.Equals("REDIRECT", StringComparison.OrdinalIgnoreCase) && request.Headers["Location"] is { } location)
            throw new RtspException(RtspFault.Redirected, "it redirects to another address") { RedirectedTo = location.Trim() };

        if (_isClosing)
            return;

        var isKnown = request.Method.ToUpperInvariant() is "OPTIONS" or "GET_PARAMETER" or "SET_PARAMETER" or "ANNOUNCE";
        wire.Send(RtspWriter.Response(request, isKnown ? 200 : 501, isKnown ? "OK" : "Not Implemented", []));
    }

    private void KeepRest(ReadOnlySpan<byte> rest)
    {
        if (_rest.Length < rest.Length || (rest.IsEmpty && _rest.Length > 0))
        {
            if (_rest.Length > 0)
                ArrayPool<byte>.Shared.Return(_rest);

            _rest = rest.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(rest.Length);
        }

        rest.CopyTo(_rest);
        _restLength = rest.Length;
    }
}
