using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A client of the scripted camera.</summary>
internal sealed class CameraClient(ScriptedCamera camera, Socket socket) : IDisposable
{
    private readonly Lock _sending = new();

    public Socket Socket => socket;

    /// <summary>Frames that the client sent: receiver reports.</summary>
    public ConcurrentQueue<(byte Channel, byte[] Packet)> Frames { get; } = new();

    /// <summary>Answers that the client sent.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    /// <summary>Reset to stop reading what the client sends.</summary>
    public ManualResetEventSlim Reads { get; } = new(initialState: true);

    /// <summary>Whether the client has closed the connection, or will send nothing more.</summary>
    public bool HasEnded { get; private set; }

    public static byte[] Frame(byte channel, byte[] packet)
    {
        byte[] head = [(byte)'$', channel, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)packet.Length);
        return [.. head, .. packet];
    }

    public void Send(params byte[][] parts)
    {
        lock (_sending)
        {
            foreach (var part in parts)
                camera.Sends(socket, part);
        }
    }

    public void Send(string message) => Send(Encoding.Latin1.GetBytes(message));

    public void Run()
    {
        try
        {
            var received = new List<byte>();
            var buffer = new byte[16 << 10];
            while (socket.Receive(buffer) is > 0 and var count)
            {
                received.AddRange(buffer.AsSpan(0, count));
                while (TakeOne(received))
                {
                }

                Reads.Wait();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client, the script or the spec closed it.
        }

        HasEnded = true;
    }

    public void Dispose()
    {
        socket.Dispose();
        Reads.Set();
    }

    private bool TakeOne(List<byte> received)
    {
        if (received.Count > 0 && received[0] == '$')
        {
            if (received.Count < 4 || received.Count < 4 + (received[2] << 8 | received[3]))
                return false;

            var length = received[2] << 8 | received[3];
            Frames.Enqueue((received[1], [.. received.GetRange(4, length)]));
            received.RemoveRange(0, 4 + length);
            return true;
        }

        var text = Encoding.Latin1.GetString([.. received]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;

        received.RemoveRange(0, end + 4);
        if (text.StartsWith("RTSP/", StringComparison.Ordinal))
            Answers.Enqueue(text[..end]);
        else
            Answer(CameraRequest.Parse(text[..end]));

        return true;
    }

    private void Answer(CameraRequest request)
    {
        camera.Requests.Enqueue(request);
        var answer = camera.Script.Answer(request);
        if (ReferenceEquals(answer, CameraScript.Hangup))
        {
            socket.Dispose();
            return;
        }

        Send(answer);
        if (request.Method == "TEARDOWN" && !camera.StaysOpen)
            socket.Dispose();
    }
}
