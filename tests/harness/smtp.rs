//! A mail server for tests: speaks SMTP on a loopback port and keeps what it was given.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Envelope recipient.
    pub to: String,
    /// Headers and body as they came over the wire.
    pub text: String,
}

/// How the server answers recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes everything.
    Kind,
    /// Refuses every recipient for good (550).
    Refusing,
    /// Asks to try again later (451).
    Busy,
    /// Never answers.
    Silent,
}

/// The server; ends with the test's runtime.
#[derive(Clone)]
pub struct MailServer {
    /// `smtp://127.0.0.1:…`
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    mood: Arc<Mutex<Mood>>,
}

impl MailServer {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let server = Self { url, taken: Arc::default(), mood: Arc::new(Mutex::new(Mood::Kind)) };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let server = answering.clone();
                tokio::spawn(async move { server.converse(socket).await.ok() });
            }
        });
        server
    }

    /// What was taken so far.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("nobody panicked").clone()
    }

    /// Changes how recipients are answered.
    pub fn be(&self, mood: Mood) {
        *self.mood.lock().expect("nobody panicked") = mood;
    }

    async fn converse(&self, socket: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = socket.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut to = String::new();
        writer.write_all(b"220 test\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let mood = *self.mood.lock().expect("nobody panicked");
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250-test\r\n250 8BITMIME\r\n",
                "RCPT" => match mood {
                    Mood::Kind => {
                        to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                        "250 ok\r\n"
                    }
                    Mood::Silent => std::future::pending().await,
                    Mood::Refusing => "550 5.1.1 no such person\r\n",
                    Mood::Busy => "451 4.3.0 later\r\n",
                },
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await? {
                        if line == "." {
                            break;
                        }
                        text.push_str(&line);
                        text.push('\n');
                    }
                    let mail = Taken { to: to.clone(), text };
                    self.taken.lock().expect("nobody panicked").push(mail);
                    "250 taken\r\n"
                }
                "QUIT" => {
                    writer.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 ok\r\n",
            };
            writer.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }
}
